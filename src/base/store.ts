import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile, type FileHandle } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { EnvironmentError, errorCode } from './errors.ts';
import { hexOf, isDigest, sha256, type Digest } from './hash.ts';
import { isAlive, pidNamespace, processIdentity, withLock } from './lock.ts';

export interface StoredBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** A remembered value and the blobs that it needs to be of use. */
export interface StoreRecord<T> {
  readonly value: T;
  readonly blobs: readonly Digest[];
}

/**
 * A content-addressed folder of this user, shared by all Plimsoll processes. Everything in it can be made again.
 * Writers write under a temporary name and rename; readers mark what they use, and `prune` spares what was used
 * since the oldest running process began. A kill at any moment leaves at most files in `tmp/`, swept by the next.
 */
export interface Store {
  readonly root: string;
  has(digest: Digest): Promise<boolean>;
  /** Bytes of a blob, its hash checked on first use in this process. Throws EnvironmentError when it is not there. */
  read(digest: Digest): Promise<Uint8Array>;
  /** The path of a blob, its hash checked on first use in this process. For large blobs. */
  pathOf(digest: Digest): Promise<string>;
  /** Keeps bytes; what has not the `expected` digest is not kept, and what `wrong` makes of it is thrown. */
  put(data: Uint8Array | AsyncIterable<Uint8Array>, expected?: Digest, wrong?: (actual: Digest) => Error): Promise<StoredBlob>;
  recall<T>(kind: string, key: string): Promise<T | undefined>;
  remember<T>(kind: string, key: string, record: StoreRecord<T>): Promise<void>;
  /** Recalls, or makes and remembers; concurrent processes make it once. */
  once<T>(kind: string, key: string, make: () => Promise<StoreRecord<T>>): Promise<T>;
  /** A folder that `make` fills once. It is given a temporary folder, renamed when done. */
  folder(kind: string, key: string, make: (folder: string) => Promise<void>): Promise<string>;
  /** A new empty folder, gone when the store is closed. */
  temporary(): Promise<string>;
  close(): Promise<void>;
}

/** `$XDG_CACHE_HOME/plimsoll`, by default `~/.cache/plimsoll` (XDG Base Directory Specification). */
export function storeRoot(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base !== undefined && base.startsWith('/') ? base : join(homedir(), '.cache'), 'plimsoll', 'v1');
}

/** Opens the store, making it where it is not there. Throws EnvironmentError when it cannot be written, or its path is no use. */
export async function openStore(root: string = storeRoot()): Promise<Store> {
  // Interpreters in it are run through their loader: --library-path of ld.so(8) knows no other way to write these.
  const [separator] = /[:;\n]/.exec(root) ?? [];
  if (separator !== undefined)
    throw new EnvironmentError(
      `the store ${root} has ${JSON.stringify(separator)} in its path, which separates paths in lists`,
      'set XDG_CACHE_HOME to a folder without it',
    );
  const name = `${processIdentity(process.pid) ?? process.pid}-${pidNamespace()}-${randomBytes(4).toString('hex')}`;
  const lease = join(root, 'leases', name);
  const tmp = join(root, 'tmp', name);
  const verified = new Set<Digest>();
  try {
    for (const folder of ['leases', 'tmp', 'locks', 'trash']) await mkdir(join(root, folder), { recursive: true, mode: 0o700 });
    await writeFile(lease, '');
  } catch (error) {
    throw new EnvironmentError(
      `the store ${root} cannot be written (${errorCode(error) ?? 'unknown'})`,
      'set XDG_CACHE_HOME to a folder that this user may write',
      'permanent',
      { cause: error },
    );
  }
  await sweep(join(root, 'tmp'));
  await sweep(join(root, 'leases'));

  let counter = 0;
  const scratch = async (): Promise<string> => {
    await mkdir(tmp, { recursive: true });
    return join(tmp, String((counter += 1)));
  };
  const blobPath = (digest: Digest): string => join(root, 'blobs', 'sha256', hexOf(digest).slice(0, 2), hexOf(digest));
  const recordPath = (kind: string, key: string): string => join(root, 'records', kind, `${key}.json`);
  const lockPath = (kind: string, key: string): string => join(root, 'locks', `${kind}-${key}`);

  const store: Store = {
    root,
    has: (digest) => touch(blobPath(digest)),
    async read(digest) {
      const data = await readFile(await present(digest));
      if (!verified.has(digest)) await settle(digest, sha256(data));
      return data;
    },
    async pathOf(digest) {
      const path = await present(digest);
      if (!verified.has(digest)) await settle(digest, await digestOf(path));
      return path;
    },
    async put(data, expected, wrong) {
      const from = await scratch();
      const blob = await writeBlob(from, data).catch(async (error: unknown) => {
        await rm(from, { force: true }); // what was cut half-way does not wait for the store to be closed
        throw diskError(root, error);
      });
      if (expected !== undefined && blob.digest !== expected) {
        await rm(from, { force: true });
        if (wrong) throw wrong(blob.digest);
        throw new EnvironmentError(
          `content does not match its digest: expected ${expected}, got ${blob.digest}`,
          'run again; if it stays, what serves this file is broken or hostile',
          'transient',
        );
      }
      await place(from, blobPath(blob.digest));
      verified.add(blob.digest);
      return blob;
    },
    async recall<T>(kind: string, key: string) {
      const path = recordPath(kind, key);
      const text = await readFile(path, 'utf8').catch(() => undefined);
      const record = text === undefined ? undefined : parseRecord<T>(text);
      if (!record) return undefined;
      await touch(path);
      const there = await Promise.all(record.blobs.map((blob) => store.has(blob)));
      return there.every(Boolean) ? record.value : undefined;
    },
    async remember(kind, key, record) {
      const from = await scratch();
      await writeFile(from, JSON.stringify(record));
      await place(from, recordPath(kind, key));
    },
    async once<T>(kind: string, key: string, make: () => Promise<StoreRecord<T>>) {
      const known = await store.recall<T>(kind, key);
      if (known !== undefined) return known;
      return withLock(lockPath(kind, key), async () => {
        const made = await store.recall<T>(kind, key);
        if (made !== undefined) return made;
        const record = await make();
        await store.remember(kind, key, record);
        return record.value;
      });
    },
    async folder(kind, key, make) {
      const path = join(root, 'folders', kind, key);
      if (await touch(path)) return path;
      return withLock(lockPath(kind, key), async () => {
        if (await touch(path)) return path;
        const from = await scratch();
        await mkdir(from);
        await make(from);
        await place(from, path);
        return path;
      });
    },
    async temporary() {
      const path = await scratch();
      await mkdir(path);
      return path;
    },
    async close() {
      await rm(tmp, { recursive: true, force: true });
      await rm(lease, { force: true });
    },
  };

  async function present(digest: Digest): Promise<string> {
    // A prune may hold the blob for an instant before it sees our mark and puts it back.
    for (let i = 0; i < 5; i += 1) {
      if (await store.has(digest)) return blobPath(digest);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new EnvironmentError(`${digest} is not in the store`, 'run again: what is missing is made anew', 'transient');
  }
  async function settle(digest: Digest, actual: Digest): Promise<void> {
    if (digest === actual) return void verified.add(digest);
    await rm(blobPath(digest), { force: true });
    throw new EnvironmentError(`a stored file was damaged (${digest}) and has been removed`, 'run again: it is made anew', 'transient');
  }
  return store;
}

/** Marks a path as used now. False when it is not there. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

/** Renames into place; when another process was first, ours goes. */
export async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to).catch(async (error: unknown) => {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    await rm(from, { recursive: true, force: true });
  });
}

/** Bytes that are written at once: a network's pieces are small, and each write costs a thread's turn. */
const WRITE_BYTES = 1 << 20;

async function writeAll(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  if (chunks.length === 0) return;
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await file.writev(chunks);
  // A short write, as on a disk that fills up: the rest once more, which then says why.
  if (bytesWritten < total) await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}

async function writeBlob(path: string, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredBlob> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let sizeBytes = 0;
  // One block is written while the next one comes.
  let writing = Promise.resolve();
  let block: Uint8Array[] = [];
  let blockBytes = 0;
  const flush = async (): Promise<void> => {
    const full = block;
    [block, blockBytes] = [[], 0];
    await writing;
    writing = writeAll(file, full);
    writing.catch(() => {}); // awaited later
  };
  try {
    for await (const chunk of data instanceof Uint8Array ? [data] : data) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      block.push(chunk);
      blockBytes += chunk.length;
      if (blockBytes >= WRITE_BYTES) await flush();
    }
    await flush();
    await writing;
    await file.datasync();
  } finally {
    await writing.catch(() => {});
    await file.close();
  }
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes };
}

async function digestOf(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

function parseRecord<T>(text: string): StoreRecord<T> | undefined {
  try {
    const record = JSON.parse(text) as StoreRecord<T>;
    return Array.isArray(record.blobs) && record.blobs.every(isDigest) ? record : undefined;
  } catch {
    return undefined; // damaged: as if it were not there
  }
}

function diskError(root: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new EnvironmentError(
    `the disk that holds ${root} is full`,
    'run `plimsoll cache prune`, or set XDG_CACHE_HOME to a folder with room',
    'permanent',
    { cause: error },
  );
}

/** Nothing of ours runs as long: a container that shares the store with others may have left it. */
const LONGEST_RUN_MS = 24 * 3600 * 1000;

/** Removes what dead processes left in a folder whose names begin with a process identity and its namespace. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // What cannot be removed (files of subordinate ids, another process sweeping) is left to `cache prune`.
    if (await isLeft(path, name)) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

async function isLeft(path: string, name: string): Promise<boolean> {
  const [identity = '', namespace] = name.split('-');
  if (namespace === pidNamespace()) return !isAlive(identity);
  const status = await stat(path).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > LONGEST_RUN_MS;
}
