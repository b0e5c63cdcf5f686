import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { withoutNamed } from '../../python/local.ts';
import { filled } from './filled.ts';
import { remoteSource, sourcesIn } from './source.ts';
import { treeIn } from './tree.ts';

const asked = (url: string) => remoteSource({ name: 'Tally_X', extras: [], marker: undefined, at: undefined, url });
const git = (repository: string, rev?: string) => ({ kind: 'git', repository, ...(rev === undefined ? {} : { rev }) });

describe('the URL of a dependency', () => {
  test.each([
    ['git+https://git.example/a.git', git('https://git.example/a.git'), ''],
    ['git+https://git.example/a.git@v1.2', git('https://git.example/a.git', 'v1.2'), ''],
    [
      'git+ssh://git@git.example/team/a.git@feature/x#subdirectory=libs/a&egg=a',
      git('ssh://git@git.example/team/a.git', 'feature/x'),
      'libs/a',
    ],
    ['git+file:///srv/a@0123abc', git('file:///srv/a', '0123abc'), ''],
    ['git+https://${TOKEN}@git.example/a@main', git('https://${TOKEN}@git.example/a', 'main'), ''],
    [
      'https://files.example/a-1.tar.gz?sig=x#subdirectory=./a/',
      { kind: 'archive', address: 'https://files.example/a-1.tar.gz?sig=x' },
      'a',
    ],
    [
      `http://files.example/a-1.zip#sha256=${'a'.repeat(64)}`,
      { kind: 'archive', address: 'http://files.example/a-1.zip', sha256: 'a'.repeat(64) },
      '',
    ],
  ])('%s says where its sources are', (url, from, subdirectory) => {
    expect(asked(url)).toMatchObject({ name: 'tally-x', url, from, subdirectory });
  });

  test.each([
    'git+http://git.example/a',
    'git+git://git.example/a',
    'hg+https://hg.example/a',
    'git+https://git.example/a@--upload-pack=x',
    'git+ext::sh -c x',
    'https://files.example/a-1-py3-none-any.whl',
    'https://files.example/a-1.tar.xz',
    'file:///srv/a.tar.gz',
    'git+https://git.example/a#subdirectory=../b',
  ])('%s is none that is fetched', (url) => {
    expect(asked(url)).toBeUndefined();
  });
});

test('of a requirements file the lines with such URLs are read, and taken out with those that go on', () => {
  const hash = 'b'.repeat(64);
  const text = `flask==3.0 \\\n    --hash=sha256:1\nTally[fast,x] @ git+https://git.example/t@c ; python_version > "3.8"\nold @ https://f.example/old.tgz \\\n    --hash=sha256:${hash}\nwheel @ https://f.example/w-1-py3-none-any.whl\n-e git+https://git.example/e@v1#egg=edit\n`;
  expect(sourcesIn(text, { file: 'uv.lock' })).toMatchObject([
    { name: 'tally', extras: ['fast', 'x'], marker: 'python_version > "3.8"' },
    { name: 'old', from: { sha256: hash } },
  ]);
  expect(withoutNamed(text, new Set(['tally', 'old', 'edit']))).toBe(
    'flask==3.0 \\\n    --hash=sha256:1\nwheel @ https://f.example/w-1-py3-none-any.whl\n',
  );
});

describe('what the environment holds', () => {
  const login = (value: string): string => {
    vi.stubEnv('TALLY_TOKEN', value);
    try {
      return filled('https://reader:${TALLY_TOKEN}@files.example/a.zip', { name: 'tally', at: { file: 'requirements.txt', line: 1 } });
    } finally {
      vi.unstubAllEnvs();
    }
  };

  test('is the login of a URL as it is', () => {
    for (const value of ['geheim', 'p@ss', 'a%2Fb', 'x:y']) expect(login(value)).toBe(`https://reader:${value}@files.example/a.zip`);
  });

  test('is refused where it would end the login: what follows would name another host', () => {
    for (const value of ['evil/x', 'a?b', 'a#b', 'a\\b', 'a b', '100%', '%zz', ''])
      expect(() => login(value)).toThrow(expect.objectContaining({ name: 'UserError', at: { file: 'requirements.txt', line: 1 } }));
    expect(() => login('geheim/4711')).not.toThrow('geheim');
  });
});

test('what is no archive is refused where it is asked for', async () => {
  for (const type of ['zip', 'tar.gz']) {
    const url = `https://files.example/a.${type}`;
    const source = remoteSource({ name: 'tally', extras: [], marker: undefined, at: { file: 'requirements.txt', line: 2 }, url })!;
    await expect(treeIn(fileURLToPath(import.meta.url), 'id', source)).rejects.toMatchObject({
      message: expect.stringMatching(/invalid zip|incorrect header/),
      at: { line: 2 },
    });
  }
});
