import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EnvironmentError, UserError } from '../../../base/index.ts';
import { openStore, type Store } from '../../../base/node.ts';
import { assembleBase, baseKey, type Assembly } from './assemble.ts';
import { fetchPackages } from './download.ts';
import { resolveDebian, type DebianJob, type DebianRequest, type DebianResolution } from './resolve.ts';
import { testRepository, type SuiteText, type TestPackage, type TestRepository } from './test-repository.ts';

let folder: string;
let store: Store;
let repository: TestRepository;
let job: DebianJob;

const certificate = 'usr/share/ca-certificates/mozilla/Test.crt';
const main: readonly TestPackage[] = [
  { name: 'base-files', fields: 'Pre-Depends: awk\n' },
  {
    name: 'ca-certificates',
    fields: 'Depends: openssl, debconf\n',
    files: {
      [certificate]: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
      'usr/share/doc/ca-certificates/copyright': 'MPL\n',
    },
  },
  { name: 'libc6', version: '2.36-9', fields: 'Depends: libgcc-s1\n' },
  { name: 'libgcc-s1' },
  { name: 'libc-bin' },
  { name: 'libstdc++6' },
  { name: 'netbase' },
  { name: 'tzdata' },
  { name: 'python3.11', fields: 'Depends: libc6 (>= 2.36)\n' },
  { name: 'python3-distutils' },
  { name: 'python3-lib2to3' },
  { name: 'tini' },
];
const request: DebianRequest = { suite: 'bookworm', architecture: 'amd64', python: '3.11', packages: [], locked: false };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-debian-'));
  store = await openStore(join(folder, 'store'));
  repository = await testRepository();
  const source = (suites: string): string =>
    `Types: deb\nURIs: ${repository.url}\nSuites: ${suites}\nComponents: main\nSigned-By:\n${repository.armoredKey.replaceAll('\r', '').trimEnd().replaceAll(/^/gm, ' ').replaceAll(/^ $/gm, ' .')}\n`;
  await mkdir(join(folder, 'apt', 'sources.list.d'), { recursive: true });
  await writeFile(
    join(folder, 'apt', 'sources.list.d', 'debian.sources'),
    `${source('bookworm bookworm-updates')}\n${source('bookworm-security')}`,
  );
  job = { store, aptFolder: join(folder, 'apt'), env: {} };
  await publish({});
});
afterEach(async () => {
  await repository.close();
  await store.close();
  await rm(folder, { recursive: true });
});

async function publish(release: SuiteText['release'] = {}, packages = main): Promise<void> {
  await repository.publish({ suite: 'bookworm', packages, release });
  await repository.publish({ suite: 'bookworm-updates', packages: [], release });
  await repository.publish({
    suite: 'bookworm-security',
    packages: [{ name: 'libc6', version: '2.36-9+deb12u1', fields: 'Depends: libgcc-s1\n' }],
    release,
  });
}

const resolve = (more: Partial<DebianRequest> = {}, moreJob: Partial<DebianJob> = {}): Promise<DebianResolution> =>
  resolveDebian({ ...request, ...more }, { ...job, ...moreJob });
const daysFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toUTCString();
const assembly = (packages: DebianResolution['packages']): Assembly => ({
  packages,
  python: '3.11',
  user: { uid: 10001, gid: 10001, name: 'app' },
});

test("a signed archive resolves, with the security suite's version, and gives layers", async () => {
  const { packages, suites, notes } = await resolve({ packages: ['tini'] });
  expect(packages.find((one) => one.name === 'libc6')).toMatchObject({
    version: '2.36-9+deb12u1',
    suite: 'bookworm-security',
    for: 'amd64',
  });
  expect(packages.map((one) => one.name)).toEqual(main.map((one) => one.name).toSorted());
  expect(suites.map((one) => one.suite)).toEqual(['bookworm', 'bookworm-updates', 'bookworm-security']);
  expect(notes).toEqual([]);
  const entries = await assembleBase(assembly(packages), job);
  const paths = entries.map((entry) => entry.path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'etc/passwd',
      'etc/ssl/certs/ca-certificates.crt',
      'usr/share/doc/ca-certificates/copyright',
      'var/lib/dpkg/status.d/libc6',
      'var/lib/dpkg/status.d/libc6.md5sums',
    ]),
  );
  expect(paths).not.toContain(certificate);
  expect(paths).not.toContain('var/lib/dpkg/status.d/tini');
});

test('a Release file changed after signing is refused', async () => {
  const path = 'dists/bookworm/InRelease';
  repository.files.set(
    path,
    Buffer.from(
      Buffer.from(repository.files.get(path) ?? [])
        .toString()
        .replace('Label: Debian', 'Label: Debiam'),
    ),
  );
  await expect(resolve()).rejects.toThrow(/not signed by a trusted key/);
  await expect(resolve()).rejects.toBeInstanceOf(EnvironmentError);
});

test("a signature by another key is refused: without Signed-By only Debian's own keys count", async () => {
  const env = { PLIMSOLL_DEBIAN_MIRROR: repository.url, PLIMSOLL_DEBIAN_SECURITY_MIRROR: 'none' };
  await expect(resolve({}, { env })).rejects.toThrow(/not signed by a trusted key.*Plimsoll/);
});

test("another system, or another suite in this one's place, is refused", async () => {
  await publish({ Origin: 'Ubuntu' });
  await expect(resolve()).rejects.toThrow('is not Debian: its Origin is `Ubuntu`');
  await publish({ Codename: 'bullseye' });
  await expect(resolve()).rejects.toThrow('for `bullseye`, not for `bookworm');
});

test('an expired Release file is refused', async () => {
  await publish({ 'Valid-Until': daysFromNow(-1) });
  await expect(resolve()).rejects.toThrow(/expired on/);
});

test('in place of a Release file older than the one seen before that one is used, and said, as long as it is valid', async () => {
  await publish({ Date: daysFromNow(-1), 'Valid-Until': daysFromNow(1) });
  const newest = await resolve();
  await publish({ Date: daysFromNow(-2), 'Valid-Until': daysFromNow(9) });
  const kept = await resolve();
  expect(kept.packages).toEqual(newest.packages);
  expect(kept.notes.join()).toMatch(/older than the one already seen .* the stored index of .* is used/);
  await expect(resolve({}, { nowMs: Date.now() + 2 * 86_400_000 })).rejects.toThrow(/stored Release file of bookworm\S* expired/);
  await publish({ Date: daysFromNow(-1), 'Valid-Until': daysFromNow(1) });
  expect((await resolve()).notes).toEqual(newest.notes);
});

test('a Release file older than the one seen before is refused where that one is gone', async () => {
  await publish({ Date: daysFromNow(-1) });
  await resolve();
  await rm(join(folder, 'store/records/debian-release'), { recursive: true });
  await publish({ Date: daysFromNow(-2) });
  await expect(resolve()).rejects.toThrow(/replayed/);
});

test('an index that does not have the signed hash is refused', async () => {
  for (const path of repository.files.keys())
    if (path.includes('/by-hash/'))
      repository.files.set(path, Buffer.concat([Buffer.from(repository.files.get(path) ?? []).subarray(0, -1), Buffer.from([1])]));
  await expect(resolve()).rejects.toThrow(/does not have the hash/);
});

test('a package that has left the mirror names the two ways out; one in the store is not asked for', async () => {
  const { packages } = await resolve();
  await fetchPackages(
    packages.filter((one) => one.name === 'tzdata'),
    job,
  );
  for (const path of repository.files.keys())
    if (path.startsWith('pool/tzdata') || path.startsWith('pool/netbase')) repository.files.delete(path);
  const failure = await fetchPackages(packages, job).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EnvironmentError);
  expect(failure).toMatchObject({
    message: expect.stringMatching(/^netbase 1\.0 .*has left the mirror/),
    hint: expect.stringMatching(/`plimsoll pin --update`.*snapshot/),
  });
});

test('a cut download is tried again, then refused', async () => {
  const { packages } = await resolve();
  const cut = packages.filter((one) => one.name === 'netbase').map((one) => ({ ...one, filename: 'pool/cut.deb' }));
  repository.files.set('pool/cut.deb', repository.files.get('pool/netbase_1.0.deb') ?? Buffer.alloc(0));
  await expect(fetchPackages(cut, job)).rejects.toThrow(/cannot be fetched/);
  expect(repository.requests.filter((path) => path === 'pool/cut.deb')).toHaveLength(4);
});

test('a changed package is refused, and one that is too long', async () => {
  const { packages } = await resolve();
  const path = 'pool/tzdata_1.0.deb';
  const whole = repository.files.get(path) ?? Buffer.alloc(0);
  repository.files.set(path, Buffer.alloc(whole.length));
  await expect(fetchPackages(packages, job)).rejects.toThrow(/does not have the locked SHA-256/);
  repository.files.set(path, Buffer.concat([whole, whole]));
  await expect(fetchPackages(packages, job)).rejects.toThrow(/longer than/);
  repository.files.set(path, whole);
  await expect(fetchPackages(packages, job)).resolves.toBeUndefined();
});

test('without network the stored index is used, and said; an expired one too', async () => {
  await publish({ 'Valid-Until': daysFromNow(1) });
  const online = await resolve();
  await fetchPackages(online.packages, job);
  await repository.close();
  const offline = await resolve({}, { nowMs: Date.now() + 2 * 86_400_000 });
  expect(offline.packages).toEqual(online.packages);
  expect(offline.notes).toHaveLength(3);
  expect(offline.notes[0]).toMatch(/stored index of .* is used, which expired on/);
  expect(await assembleBase(assembly(offline.packages), job)).not.toHaveLength(0);
  await rm(join(folder, 'store', 'records'), { recursive: true });
  await expect(resolve()).rejects.toThrow(/cannot be fetched/);
});

test('with a lock nothing is asked of the network, and the same versions come', async () => {
  const first = await resolve();
  await fetchPackages(first.packages, job);
  await publish(
    {},
    main.map((one) => (one.name === 'tzdata' ? { ...one, version: '2.0' } : one)),
  );
  repository.requests.length = 0;
  const again = await resolve({ lock: first.lock, locked: true }, { aptFolder: join(folder, 'none') });
  expect(again.packages).toEqual(first.packages);
  expect(again.lock).toBe(first.lock);
  await assembleBase(assembly(again.packages), { ...job, aptFolder: join(folder, 'none') });
  expect(repository.requests).toEqual([]);
});

test('a lock made for other packages is out of date: an error under `locked`, else made anew', async () => {
  const first = await resolve();
  await expect(resolve({ lock: first.lock, locked: true, packages: ['tini'] })).rejects.toBeInstanceOf(UserError);
  const second = await resolve({ lock: first.lock, packages: ['tini'] });
  expect(second.packages.map((one) => one.name)).toContain('tini');
  expect(second.lock.wanted).toMatchObject([{ for: 'amd64', suite: 'bookworm' }]);
});

test("the key of a layer follows its packages and its user, and no other layer's", async () => {
  const { packages } = await resolve();
  const key = baseKey(assembly(packages));
  expect(baseKey(assembly(packages.filter((one) => one.name !== 'python3.11')))).toBe(key);
  expect(baseKey({ ...assembly(packages), user: { uid: 1, gid: 1, name: 'x' } })).not.toBe(key);
  expect(baseKey(assembly(packages.map((one) => (one.name === 'tzdata' ? { ...one, sha256: '0'.repeat(64) } : one))))).not.toBe(key);
});

test('a Python that the suite does not have is refused with what it has', async () => {
  await expect(resolve({ python: '3.12' })).rejects.toThrow('Debian bookworm has Python 3.11, not 3.12');
});

test('a package that does not work without its scripts is refused, with who asks for it', async () => {
  const graphviz: TestPackage[] = [{ name: 'graphviz', fields: 'Depends: libgvc6\n' }, { name: 'libgvc6' }];
  await publish({}, [...main, ...graphviz]);
  const refused = await resolve({ packages: ['graphviz'] }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UserError);
  expect(refused).toMatchObject({ message: expect.stringMatching(/^`libgvc6`, for graphviz, .*`dot -c`/) });
});
