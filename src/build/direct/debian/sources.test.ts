import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EnvironmentError } from '../../../base/index.ts';
import { familyOf, findMirrors, type Mirrors } from './sources.ts';

let apt: string;
beforeEach(async () => void (apt = await mkdtemp(join(tmpdir(), 'plimsoll-apt-'))));
afterEach(() => rm(apt, { recursive: true }));

async function configured(files: Readonly<Record<string, string>>, env: Record<string, string> = {}): Promise<Mirrors> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(apt, name)), { recursive: true });
    await writeFile(join(apt, name), text);
  }
  return findMirrors({ aptFolder: apt, env });
}

const deb822 = (more = ''): string =>
  `Types: deb deb-src\nURIs: http://one.example/debian/ https://two.example/debian\nSuites: bookworm bookworm-updates\nComponents: main contrib\n${more}\nTypes: deb\nURIs: http://one.example/debian-security\nSuites: bookworm-security\nComponents: main\n`;

test('deb822 sources give mirrors with all their addresses', async () => {
  const { main, security } = await configured({ 'sources.list.d/debian.sources': deb822('Signed-By: /usr/share/keyrings/x.gpg\n') });
  expect(main).toMatchObject([
    {
      uris: ['http://one.example/debian', 'https://two.example/debian'],
      suites: ['bookworm', 'bookworm-updates'],
      signedBy: { kind: 'files', paths: ['/usr/share/keyrings/x.gpg'] },
    },
  ]);
  expect(security).toMatchObject([{ uris: ['http://one.example/debian-security'], signedBy: { kind: 'default' }, checkValidUntil: true }]);
});

test('one-line sources with options give the same', async () => {
  const { main, security } = await configured({
    'sources.list':
      '# deb http://commented.example/debian bookworm main\ndeb [ arch=amd64 signed-by=/k/a.gpg,/k/b.gpg check-valid-until=no ] http://one.example/debian bookworm main # the mirror\ndeb-src http://one.example/debian bookworm main\ndeb http://one.example/debian-security bookworm-security main\n',
  });
  expect(main).toMatchObject([
    { uris: ['http://one.example/debian'], signedBy: { kind: 'files', paths: ['/k/a.gpg', '/k/b.gpg'] }, checkValidUntil: false },
  ]);
  expect(main[0]?.from).toMatch(/sources\.list:2$/);
  expect(security).toHaveLength(1);
});

test('an inline key is kept with its line breaks', async () => {
  const { main } = await configured({
    'sources.list.d/debian.sources': deb822(
      'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBGPL\n -----END PGP PUBLIC KEY BLOCK-----\n',
    ),
  });
  expect(main[0]?.signedBy).toEqual({
    kind: 'inline',
    armored: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBGPL\n-----END PGP PUBLIC KEY BLOCK-----',
  });
});

test('what is switched off, of another system or of a third party does not count', async () => {
  const files = {
    'sources.list.d/off.sources': deb822().replaceAll('Types:', 'Enabled: no\nTypes:'),
    'sources.list.d/node.sources': 'Types: deb\nURIs: https://node.example/node_20.x\nSuites: nodistro\nComponents: main\n',
    'sources.list.d/docker.list': 'deb https://docker.example/linux/debian bookworm stable\n',
    'sources.list.d/ubuntu.sources': 'Types: deb\nURIs: http://ubuntu.example/ubuntu\nSuites: noble noble-security\nComponents: main\n',
    'sources.list.d/debian.sources.bak': deb822(),
  };
  await expect(configured(files)).rejects.toThrow(EnvironmentError);
  await expect(configured(files)).rejects.toThrow('no Debian mirror');
});

test('a mirror list of a cloud image is read', async () => {
  await writeFile(join(apt, 'list'), 'https://cloud.example/debian\n');
  const { main } = await configured({
    'sources.list.d/debian.sources': deb822().replace(
      'http://one.example/debian/ https://two.example/debian',
      `mirror+file://${join(apt, 'list')}`,
    ),
  });
  expect(main[0]?.uris).toEqual(['https://cloud.example/debian']);
});

test('the settings stand over apt, each for its own archive', async () => {
  const { main, security } = await configured(
    { 'sources.list.d/debian.sources': deb822() },
    { PLIMSOLL_DEBIAN_MIRROR: 'https://m.example/debian/' },
  );
  expect(main).toMatchObject([{ uris: ['https://m.example/debian'], from: 'PLIMSOLL_DEBIAN_MIRROR' }]);
  expect(security[0]?.uris).toEqual(['http://one.example/debian-security']);
});

test('a security archive is missed, unless the user says there is none', async () => {
  const env = { PLIMSOLL_DEBIAN_MIRROR: 'https://m.example/debian' };
  await expect(configured({}, env)).rejects.toThrow('no Debian security archive');
  expect((await configured({}, { ...env, PLIMSOLL_DEBIAN_SECURITY_MIRROR: 'none' })).security).toEqual([]);
  await expect(configured({}, { PLIMSOLL_DEBIAN_MIRROR: 'file:///srv/debian' })).rejects.toThrow('no http or https address');
});

test('suites are told apart from what only looks like them', () => {
  expect(['bookworm', 'trixie-updates', 'stable', 'trixie-security', 'bookworm-pgdg', 'cloud-sdk-bookworm', 'noble'].map(familyOf)).toEqual(
    ['main', 'main', 'main', 'security', undefined, undefined, undefined],
  );
});
