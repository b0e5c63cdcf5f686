import { normalizedName } from '../../../base/index.ts';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { parseRequirement } from './requirement.ts';

const SAMPLES = [
  'flask',
  'Flask==3.1.0',
  'flask == 3.1.0',
  'flask>=3,<4',
  'flask (>=3,<4)',
  'uvicorn[standard]>=0.32',
  'celery[redis, sqs]~=5.4',
  'tomli>=2; python_version < "3.11"',
  "pywin32 ; sys_platform == 'win32' and python_version >= '3.8'",
  'zope.interface',
  'A_b.C-d==1.0.*',
  'x===1.0-weird',
  'requests @ https://example.com/requests.whl',
  'pip @ https://example.com/pip.whl ; python_version > "3"',
  'name[a]@ https://example.com/x;y.whl',
];
const INVALID = ['', '==1', 'flask=1', 'flask 3', '-flask', 'flask[', 'not a requirement', '.', './local'];

const read = (text: string) => parseRequirement(text, { from: 0, to: text.length });

/** pip's own copy of `packaging` is the reference implementation of PEP 508. */
const ORACLE = `
import json, sys
from pip._vendor.packaging.requirements import Requirement, InvalidRequirement
def read(text):
    try: r = Requirement(text)
    except InvalidRequirement: return None
    return {"name": r.name, "extras": sorted(r.extras), "specifier": sorted(str(r.specifier).split(",")), "url": r.url, "marked": r.marker is not None}
print(json.dumps([read(t) for t in json.load(sys.stdin)]))`;

function oracle(samples: readonly string[]): unknown[] | undefined {
  try {
    return JSON.parse(
      execFileSync('python3', ['-c', ORACLE], { input: JSON.stringify(samples), encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }),
    ) as unknown[];
  } catch {
    return undefined; // no python3 with pip here
  }
}
const expected = oracle([...SAMPLES, ...INVALID]);

test.skipIf(!expected)('requirements are read as packaging reads them', () => {
  const found = [...SAMPLES, ...INVALID].map((text) => {
    const r = read(text);
    return r
      ? {
          name: r.name,
          extras: [...r.extras].toSorted(),
          specifier: r.specifier.split(',').toSorted(),
          url: r.url ?? null,
          marked: r.marker !== undefined,
        }
      : null;
  });
  expect(found).toEqual(expected);
});

test.each(INVALID)('`%s` is no requirement', (text) => {
  expect(read(text)).toBeUndefined();
});

test('names are normalised as PEP 503 says', () => {
  expect(normalizedName('Zope._-Interface')).toBe('zope-interface');
});
