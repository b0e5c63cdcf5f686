import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startIndex, type Index } from '../src/build/direct/python/indexes/double.testing.ts';
import type { Lock } from '../src/build/index.ts';
import { whyNoContainers } from '../src/run/kit.testing.ts';
import { copyOf, fixtures, plimsoll, scratch, type End } from './plimsoll.ts';

const place = scratch();
let index: Index;
beforeAll(async () => {
  index = await startIndex('Xk4geheim9f');
});
afterAll(async () => {
  await index.close();
  place.remove();
});
beforeEach(() => (index.fault = undefined));

const GIVEN = `["tally==1.0.0", 'nothing; python_version < "3"']`;

/** A back end as hatchling is: its answer asks for more than its build requirements. It prints a lot. */
const BACK_END = `
import sys, zipfile

def get_requires_for_build_editable(settings=None):
    return ${GIVEN}

def build_editable(folder, settings=None, metadata=None):
    import tally
    for i in range(12_000):
        print("copying", i)
    name = "own-1-py3-none-any.whl"
    files = {
        "own.pth": "/app\\n",
        "own-1.dist-info/METADATA": f"Metadata-Version: 2.1\\nName: own\\nVersion: 1\\nSummary: {tally.WORD}\\n",
        "own-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        for path, text in {**files, "own-1.dist-info/RECORD": "".join(f"{path},,\\n" for path in files)}.items():
            wheel.writestr(zipfile.ZipInfo(path), text)
    return name
`;

let counter = 0;
/** A service that its own back end builds, in a repository that names an index. */
function service(backEnd: string, indexUrl = index.urlWithLogin): string {
  const folder = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, `service-${(counter += 1)}`));
  const manifest = `[project]
name = "own"
version = "1"
requires-python = ">=3.11"

[build-system]
requires = []
build-backend = "back_end"
backend-path = ["build_tools"]

[[tool.uv.index]]
url = "${indexUrl}"
`;
  const files = {
    'pyproject.toml': manifest,
    'build_tools/back_end.py': backEnd,
    'plimsoll.yaml': 'installProject: true\nbuild:\n  steps: []\n',
  };
  for (const [path, text] of Object.entries(files)) {
    if (path.includes('/')) mkdirSync(join(folder, 'build_tools'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** uv remembers nothing of earlier runs. */
const build = (folder: string, ...more: readonly string[]): Promise<End> =>
  plimsoll(['build', folder, ...more], { env: { UV_CACHE_DIR: join(place.folder, `uv-${counter}`) } });

const why = await whyNoContainers();

describe.skipIf(why !== undefined)('a package’s own back end', () => {
  test('gets what it asks for from the repository’s index, prints what it likes, and is locked with all that built it', async () => {
    const folder = service(BACK_END);
    const end = await build(folder);
    expect([end.code, end.stderr.includes('error') ? end.stderr : '']).toEqual([0, '']);
    expect(index.admitted()).toBeGreaterThan(0);
    const { backends = [] } = JSON.parse(readFileSync(join(folder, 'plimsoll.lock'), 'utf8')) as Lock;
    expect(backends.map(({ requirements }) => /^tally==\S+/.exec(requirements)?.[0] ?? requirements).toSorted()).toEqual([
      '',
      'tally==1.0.0',
    ]);
    const again = await build(folder, '--locked');
    expect([again.code, again.stderr.includes('error') ? again.stderr : '']).toEqual([0, '']);
  });

  test('that cannot be had now is no fault of the repository: exit 3; what no index has is, at its line', async () => {
    index.fault = 500;
    const down = await build(service(BACK_END));
    expect([down.code, down.stderr]).toEqual([3, expect.stringMatching(/the package index http:\/\/127\.0\.0\.1:\d+ answered 500/)]);
    index.fault = undefined;
    const wrong = await build(service(BACK_END.replace('tally==1.0.0', 'tally==7')));
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/error: pyproject\.toml: what `own` is built with cannot be had: no such version of `tally==7`/),
    ]);
  });

  test('that makes no wheel, or asks again and again, is an error at its package', async () => {
    const none = await build(
      service(
        BACK_END.replace(GIVEN, '[]').replace(
          'import tally',
          'open(f"{folder}/x-1-py3-none-any.whl", "w").close(); return "x-1-py3-none-any.whl"',
        ),
      ),
    );
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringMatching(/error: pyproject\.toml: what the back end of `own` made is no wheel/),
    ]);
    const asking = BACK_END.replace(GIVEN, `[f'nothing{__import__("random").random()}; python_version < "3"']`);
    const again = await build(service(asking));
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/error: pyproject\.toml: the back end of `own` asks for/)]);
  });
});
