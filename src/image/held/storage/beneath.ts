import { accessSync, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { errorCode } from '../../../base/index.ts';
import { brokenStorage } from './broken.ts';

/** open(2): a place to look from, which needs no right to list it. The same on all architectures that Node runs on. */
const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, X_OK } = constants;
/** A descriptor is held for each folder on the way. */
const DEPTH_LIMIT = 200;

/** A folder whose files are opened without following a link, so that none of them is anywhere else. */
export interface Beneath {
  /** A regular file of that many bytes, to be closed. Throws EnvironmentError where that is something else or may not be read. */
  open(path: string, sizeBytes: number): number;
  /** Goes to the folder of `path`, as `open` does. */
  reach(path: string): void;
  /** Forgets the way to the folder that was visited last, which takes a descriptor for each step. */
  leave(): void;
  close(): void;
}

/** Paths are bytes, each a character. */
export function beneath(folder: string): Beneath {
  const fail = (path: string, error: unknown): Error =>
    brokenStorage(`${folder}/${Buffer.from(path, 'latin1').toString('utf8')}`, said(errorCode(error) ?? 'unknown'));
  const root = opened(
    () => openSync(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW),
    (error) => fail('', error),
  );
  /** The way to the folder that was visited last. */
  const way: { readonly name: string; readonly descriptor: number }[] = [];
  const here = (): number => way.at(-1)?.descriptor ?? root;
  const inside = (name: string): Buffer => Buffer.from(`/proc/self/fd/${here()}/${name}`, 'latin1');
  const back = (length: number): void => {
    while (way.length > length) closeSync(way.pop()!.descriptor);
  };
  const reach = (path: string): string => {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    const last = parts.pop();
    if (last === undefined || last === '..' || parts.includes('..') || parts.length > DEPTH_LIMIT) throw fail(path, { code: 'ELOOP' });
    const shared = parts.findIndex((part, i) => way[i]?.name !== part);
    back(shared < 0 ? parts.length : shared);
    for (const name of parts.slice(way.length)) {
      const descriptor = opened(
        () => openSync(inside(name), O_PATH | O_DIRECTORY | O_NOFOLLOW),
        (error) => fail(path, error),
      );
      way.push({ name, descriptor });
      opened(
        () => accessSync(`/proc/self/fd/${descriptor}`, X_OK),
        (error) => fail(path, error),
      );
    }
    return last;
  };
  return {
    reach: (path) => void reach(path),
    open(path, sizeBytes) {
      const last = reach(path);
      // A pipe would be waited for.
      const descriptor = opened(
        () => openSync(inside(last), O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
        (error) => fail(path, error),
      );
      const status = fstatSync(descriptor);
      if (status.isFile() && status.size === sizeBytes) return descriptor;
      closeSync(descriptor);
      throw brokenStorage(
        `${folder}/${Buffer.from(path, 'latin1').toString('utf8')}`,
        `it is no file of ${sizeBytes} bytes, as the layer has it`,
      );
    },
    leave: () => back(0),
    close() {
      back(0);
      closeSync(root);
    },
  };
}

function opened<T>(work: () => T, fail: (error: unknown) => Error): T {
  try {
    return work();
  } catch (error) {
    throw fail(error);
  }
}

function said(code: string): string {
  if (code === 'ELOOP' || code === 'ENOTDIR') return 'a link or a file is on the way, and none is followed';
  return code === 'EACCES' || code === 'EPERM' ? 'this user may not read it' : `it cannot be read (${code})`;
}
