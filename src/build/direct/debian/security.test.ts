import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EnvironmentError } from '../../../base/index.ts';
import { openStore, type Store } from '../../../base/node.ts';
import type { DebianJob } from './resolve.ts';
import { securityUpdates } from './security.ts';
import { testRepository, type TestRepository } from './test-repository.ts';

let folder: string;
let store: Store;
let repository: TestRepository;
let job: DebianJob;
const CHANGELOG = 'openssl (3.0.11-1~deb12u2) bookworm-security; urgency=medium\n\n  * CVE-2023-5363\n';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-security-'));
  store = await openStore(join(folder, 'store'));
  repository = await testRepository();
  const key = repository.armoredKey.replaceAll('\r', '').trimEnd().replaceAll(/^/gm, ' ').replaceAll(/^ $/gm, ' .');
  const source = (suite: string): string => `Types: deb\nURIs: ${repository.url}\nSuites: ${suite}\nComponents: main\nSigned-By:\n${key}\n`;
  await mkdir(join(folder, 'apt/sources.list.d'), { recursive: true });
  await writeFile(join(folder, 'apt/sources.list.d/debian.sources'), `${source('bookworm')}\n${source('bookworm-security')}`);
  job = { store, aptFolder: join(folder, 'apt'), env: {} };
});
afterEach(async () => {
  await repository.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toUTCString();
async function publish(changelog: Uint8Array = gzipSync(CHANGELOG), release: Readonly<Record<string, string>> = {}): Promise<void> {
  await repository.publish({ suite: 'bookworm', packages: [{ name: 'openssl', version: '3.0.9-1' }, { name: 'zlib1g' }], release });
  const files = { 'usr/share/doc/openssl/changelog.Debian.gz': changelog };
  await repository.publish({ suite: 'bookworm-security', packages: [{ name: 'openssl', version: '3.0.11-1~deb12u2', files }], release });
}
const open = (more: Partial<DebianJob> = {}) => securityUpdates('bookworm', 'amd64', { ...job, ...more });

test('the suite tells its updates, what the release has at all, and the changelog of a package', async () => {
  await publish();
  const updates = await open();
  const [openssl] = updates.named('openssl');
  expect([updates.suite, openssl?.version, updates.named('zlib1g')]).toEqual(['bookworm-security', '3.0.11-1~deb12u2', []]);
  expect(['openssl', 'zlib1g', 'nodejs'].map((name) => updates.knows(name))).toEqual([true, true, false]);
  expect(await updates.changelog(openssl!)).toBe(CHANGELOG);
});

test('a changelog that cannot be unpacked is none, and the update is there', async () => {
  await publish(Buffer.from('not gzip'));
  const updates = await open();
  expect(await updates.changelog(updates.named('openssl')[0]!)).toBeUndefined();
});

test('a package with another hash than the signed index says is refused', async () => {
  await publish();
  const updates = await open();
  repository.files.set(
    'pool/openssl_3.0.11-1~deb12u2.deb',
    Buffer.alloc(repository.files.get('pool/openssl_3.0.11-1~deb12u2.deb')?.length ?? 0),
  );
  await expect(updates.changelog(updates.named('openssl')[0]!)).rejects.toThrow(EnvironmentError);
});

test('away from the mirror the stored index is an answer until it expires, and none after that', async () => {
  await publish(undefined, { 'Valid-Until': inDays(7) });
  const { asOf } = await open();
  await repository.close();
  expect((await open()).asOf).toBe(asOf);
  await expect(open({ nowMs: Date.now() + 8 * 86_400_000 })).rejects.toThrow(/cannot be fetched.*which expired on/);
});
