import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryFiles, type FileEntry } from '../../base/index.ts';
import { diskFiles, openStore, sha256, type Digest, type Store } from '../../base/node.ts';
import { digestsOf } from './application-digests.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-digests-'));
  store = await openStore(join(folder, 'store'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

type FileOf = FileEntry & { readonly type: 'file' };
const path = (): string => join(folder, 'service', 'a.bin');
const isFile = (entry: FileEntry): entry is FileOf => entry.type === 'file';
/** What the folder holds, as if its files had changed so long ago. */
async function listed(agoMs: number): Promise<FileOf[]> {
  const entries = (await (await diskFiles(join(folder, 'service'))).list()).filter(isFile);
  return entries.map((entry) => (entry.onDisk ? { ...entry, onDisk: { ...entry.onDisk, changedMs: Date.now() - agoMs } } : entry));
}
const digests = async (entries: readonly FileOf[]): Promise<Digest | undefined> =>
  (await digestsOf(entries, memoryFiles({}), folder, store)).get('a.bin');

beforeEach(async () => {
  await mkdir(join(folder, 'service'));
  await writeFile(path(), 'one');
});

test('a file whose stamp is the same is not read again', async () => {
  const entries = await listed(60_000);
  expect(await digests(entries)).toBe(sha256('one'));
  await rm(path());
  expect(await digests(entries)).toBe(sha256('one'));
});

test('a file that changed is read, though its size and the time of its content are as they were', async () => {
  const { mtime, atime } = await stat(path());
  expect(await digests(await listed(60_000))).toBe(sha256('one'));
  await writeFile(path(), 'two');
  await utimes(path(), atime, mtime);
  expect(await digests(await listed(60_000))).toBe(sha256('two'));
});

test('a file that changed just now is read again the next time: it may change within the same stamp', async () => {
  const entries = await listed(0);
  expect(await digests(entries)).toBe(sha256('one'));
  await rm(path());
  await expect(digests(entries)).rejects.toThrow(/vanished while it was read/);
});

test('files in memory are hashed each time', async () => {
  const files = memoryFiles({ 'a.bin': 'x' });
  const entries = (await files.list()).filter(isFile);
  expect((await digestsOf(entries, files, undefined, store)).get('a.bin')).toBe(sha256('x'));
});
