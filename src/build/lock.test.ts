import { expect, test } from 'vitest';
import { UserError } from '../base/index.ts';
import { formatLock, parseLock } from './lock.ts';
import type { Lock } from './types.ts';

const sha256 = 'a'.repeat(64);
const LOCK: Lock = {
  version: 1,
  debian: {
    suites: [{ suite: 'trixie', codename: 'trixie', date: '2026-11-01T00:00:00.000Z' }],
    wanted: [{ suite: 'trixie', for: 'amd64', packages: ['python3'] }],
    packages: [
      {
        name: 'python3',
        version: '3.13.5-1',
        architecture: 'amd64',
        for: 'amd64',
        sha256,
        size: 1,
        filename: 'pool/p.deb',
        suite: 'trixie',
      },
    ],
  },
  bases: [{ reference: 'python:3.12', platform: 'linux/amd64', digest: `sha256:${sha256}`, diffIds: [`sha256:${sha256}`] }],
  python: { inputs: 'b', requirements: 'idna==3.10\n' },
  sources: [
    { name: 'greet', url: 'git+https://git.example/greet@main', commit: 'b'.repeat(40) },
    { name: 'tally', url: 'https://files.example/tally.zip', sha256: 'd'.repeat(64) },
  ],
  backends: [{ inputs: 'c', requirements: '' }],
};
const text = formatLock(LOCK);

test('what was written is read', () => {
  expect(parseLock(text)).toEqual(LOCK);
  expect(parseLock('{"version":1}')).toEqual({ version: 1 });
});

const refused = (damaged: string): unknown => {
  try {
    return parseLock(damaged);
  } catch (error) {
    return error;
  }
};

/** Where a value stands in the lock as it is written. */
const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

test.each([
  ['no lock', '[]', 'holds no lock', 1],
  ['cut off', text.slice(0, text.indexOf('"filename"')), 'ends before', lineOf('"filename"') - 1],
  ['empty', '', 'ends before', 1],
  ['merged badly', text.replace('  "bases"', '<<<<<<< ours\n  "bases"'), 'conflict', lineOf('"bases"')],
  ['with a comma too many', text.replace('"inputs": "c",', '"inputs": "c",,'), 'is not JSON', lineOf('"inputs": "c"')],
  ['with an entry that is none', text.replace(/\{\s*"name"[^}]*\}/, 'null'), '`debian.packages[0]`', lineOf('"name"') - 1],
  ['without suites', text.replace('"suites"', '"sweets"'), '`debian.suites` is missing', lineOf('"debian"')],
  ['with a hash that is none', text.replace(`"sha256": "${sha256}"`, '"sha256": "abc"'), 'packages[0].sha256`', lineOf('"sha256"')],
  ['with a size in words', text.replace('"size": 1', '"size": "1"'), '`debian.packages[0].size`', lineOf('"size"')],
  ['with a base of another kind', text.replace(/"bases": \[[^]*?\n {2}\]/, '"bases": 3'), '`bases` should be a list', lineOf('"bases"')],
  ['without diff ids', text.replace('"diffIds"', '"diffs"'), '`bases[0].diffIds` is missing', lineOf('"bases"') + 1],
  ['with a commit that is none', text.replace('b'.repeat(40), 'main'), '`sources[0].commit` should be', lineOf('"commit"')],
  ['with a source of unknown bytes', text.replace('d'.repeat(64), 'd'), '`sources[1].sha256` should be', lineOf('d'.repeat(64))],
  ['with a source that nothing pins', text.replace('"commit"', '"revision"'), '`sources[0].sha256` is missing', lineOf('"sources"') + 1],
  ['with other build requirements', text.replace(/"backends": \[[^]*?\n {2}\]/, '"backends": {}'), '`backends`', lineOf('"backends"')],
  ['with requirements that are a list', text.replace('"idna==3.10\\n"', '["idna==3.10"]'), '`python.requirements`', lineOf('idna')],
])('a lock %s is an error at its line, with a way out', (_, damaged, what, line) => {
  const error = refused(damaged);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ hint: expect.stringContaining('restore it'), at: { file: 'plimsoll.lock', line } });
  expect((error as UserError).message).toContain(what);
});

test('a lock of a newer Plimsoll is said to be one', () => {
  expect(refused('{"version":2}')).toMatchObject({
    message: expect.stringContaining('version 2'),
    hint: expect.stringContaining('use the'),
  });
});

test('however a lock is damaged, it is read or refused', () => {
  for (const each of text.matchAll(/[{}[\],:]|"[^"]*"|\d+/g))
    for (const instead of ['', 'null', '5', '{}', '[null]', '"x"']) {
      const error = refused(`${text.slice(0, each.index)}${instead}${text.slice(each.index + each[0].length)}`);
      if (error instanceof Error) expect(error).toBeInstanceOf(UserError);
    }
});

test('a long text is no matter', () => {
  const requirements = 'idna==3.10 \\\n'.repeat(100_000);
  const damaged = formatLock({ ...LOCK, python: { inputs: 'b', requirements } }).replace('"inputs": "c"', '"inputs": 3');
  expect(refused(damaged)).toMatchObject({ at: { line: lineOf('"inputs": "c"') } });
});
