import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../../base/node.ts';
import { fetchPackages } from './download.ts';
import { resolveDebian, type DebianJob, type DebianRequest, type DebianResolution } from './resolve.ts';
import { snapshotName, snapshotTime } from './snapshot.ts';
import { testRepository, type TestPackage, type TestRepository } from './test-repository.ts';

const DAY = 86_400_000;
const names = [
  'base-files',
  'ca-certificates',
  'libc6',
  'libc-bin',
  'libstdc++6',
  'netbase',
  'python3.11',
  'python3-distutils',
  'python3-lib2to3',
];
const packages = (tzdata: string): TestPackage[] => [...names.map((name) => ({ name })), { name: 'tzdata', version: tzdata }];
const day = new Date(Date.now() - 20 * DAY).toISOString().slice(0, 10);

let folder: string;
let store: Store;
let repository: TestRepository;
let job: DebianJob;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-snapshot-'));
  store = await openStore(join(folder, 'store'));
  repository = await testRepository();
  const key = repository.armoredKey.replaceAll('\r', '').trimEnd().replaceAll(/^/gm, ' ').replaceAll(/^ $/gm, ' .');
  const source = (suites: string): string =>
    `Types: deb\nURIs: ${repository.url}\nSuites: ${suites}\nComponents: main\nSigned-By:\n${key}\n`;
  await mkdir(join(folder, 'apt', 'sources.list.d'), { recursive: true });
  await writeFile(
    join(folder, 'apt', 'sources.list.d', 'debian.sources'),
    `${source('bookworm bookworm-updates')}\n${source('bookworm-security')}`,
  );
  job = { store, aptFolder: join(folder, 'apt'), env: { PLIMSOLL_DEBIAN_SNAPSHOTS: `${repository.url}/snapshots/{archive}/{time}` } };
});
afterEach(async () => {
  await repository.close();
  await store.close();
  await rm(folder, { recursive: true });
});

/** Publishes the archive as of a time, and has it in the snapshots under another. */
async function publish(tzdata: string, dateMs: number, copiedMs?: number): Promise<void> {
  repository.files.clear();
  const release = { Date: new Date(dateMs).toUTCString(), 'Valid-Until': new Date(dateMs + 7 * DAY).toUTCString() };
  await repository.publish({ suite: 'bookworm', packages: packages(tzdata), release });
  for (const suite of ['bookworm-updates', 'bookworm-security']) await repository.publish({ suite, packages: [], release });
  if (copiedMs !== undefined) copied.push(...copyOf(copiedMs));
  for (const [path, bytes] of copied) repository.files.set(path, bytes);
}

let copied: (readonly [path: string, bytes: Uint8Array])[] = [];
beforeEach(() => void (copied = []));

const copyOf = (atMs: number): (readonly [string, Uint8Array])[] =>
  [...repository.files].flatMap(([path, bytes]) =>
    ['debian', 'debian-security'].map((archive) => [`snapshots/${archive}/${snapshotName(atMs)}/${path}`, bytes] as const),
  );

const resolve = (more: Partial<DebianRequest> = {}, moreJob: Partial<DebianJob> = {}): Promise<DebianResolution> =>
  resolveDebian({ suite: 'bookworm', architecture: 'amd64', python: '3.11', packages: [], locked: false, ...more }, { ...job, ...moreJob });
const versionOf = ({ packages: all }: DebianResolution): string | undefined => all.find((one) => one.name === 'tzdata')?.version;

test('a snapshot gives what the archive had then, though its Release file has expired since and a newer one was seen', async () => {
  const then = snapshotTime(day, Date.now());
  await publish('1.0', then - DAY / 2, then);
  await publish('2.0', Date.now() - DAY / 2);
  expect(versionOf(await resolve())).toBe('2.0');
  const old = await resolve({ snapshot: day });
  expect(versionOf(old)).toBe('1.0');
  expect(old.lock.snapshot).toBe(day);
  expect(versionOf(await resolve()), 'an older snapshot does not stand for the archive of today').toBe('2.0');
});

test('a lock answers for its own snapshot only', async () => {
  const then = snapshotTime(day, Date.now());
  await publish('1.0', then - DAY / 2, then);
  await publish('2.0', Date.now() - DAY / 2);
  const { lock } = await resolve();
  await expect(resolve({ lock, locked: true, snapshot: day })).rejects.toThrow(/plimsoll\.lock was made for other/);
  const moved = await resolve({ lock, snapshot: day });
  expect(versionOf(moved)).toBe('1.0');
  expect((await resolve({ lock: moved.lock, locked: true, snapshot: day })).lock).toBe(moved.lock);
});

test('a Release file that had expired by then, or is of later, is refused', async () => {
  const then = snapshotTime(day, Date.now());
  await publish('1.0', then - 8 * DAY, then);
  await expect(resolve({ snapshot: day })).rejects.toThrow(/expired on/);
  await publish('1.0', then + DAY, then);
  await expect(resolve({ snapshot: day })).rejects.toThrow(/later than the snapshot that was asked for/);
});

test('a locked package that has left the mirror comes from the snapshot of when it was locked', async () => {
  const locked = Date.now() - 20 * DAY;
  await publish('1.0', locked, locked + 6 * 3_600_000);
  const { packages: old } = await resolve({}, { nowMs: locked });
  await publish('2.0', Date.now() - DAY / 2);
  await expect(fetchPackages(old, { ...job, env: {}, lockedAtMs: Math.floor(locked / 1000) * 1000 })).rejects.toThrow(
    /has left the mirror/,
  );
  await fetchPackages(old, { ...job, lockedAtMs: locked });
  expect(await store.has(`sha256:${old.find((one) => one.name === 'tzdata')?.sha256 ?? ''}`)).toBe(true);
});

test('without a service, and with one whose address has no place for the time, the way out is named', async () => {
  await expect(resolve({ snapshot: day }, { env: {} })).rejects.toMatchObject({
    hint: expect.stringContaining('PLIMSOLL_DEBIAN_SNAPSHOTS'),
  });
  const env = { PLIMSOLL_DEBIAN_SNAPSHOTS: `${repository.url}/{archive}` };
  await expect(resolve({ snapshot: day }, { env })).rejects.toThrow(/does not say where archive and time go/);
});

test('a day is read as its first moment in UTC; what is no day, or still to come, is refused', () => {
  const now = Date.UTC(2026, 11, 1);
  expect(snapshotName(snapshotTime('2026-11-30', now))).toBe('20261130T000000Z');
  expect(snapshotName(snapshotTime('2026-11-30T12:30:00Z', now))).toBe('20261130T123000Z');
  for (const text of ['30.11.2026', '2026-02-30', '2026-11-30T25:00:00Z', 'yesterday'])
    expect(() => snapshotTime(text, now), text).toThrow(/is no day/);
  expect(() => snapshotTime('2027-01-01', now)).toThrow(/still to come/);
});
