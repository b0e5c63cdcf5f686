import { closeSync, createReadStream, readSync } from 'node:fs';
import { readSplit, type JumpedTar, type PlacedFile, type PlacedHead } from '../../tar/index.ts';
import { beneath, type Beneath } from './beneath.ts';
import { brokenStorage } from './broken.ts';
import type { StoredLayer } from './records.ts';
import { readTarSplit } from './tar-split.ts';

/**
 * A layer of Podman's, by what it kept of the tar; contents are read in the layer's folder when they are asked for.
 * Throws EnvironmentError where the two do not fit, or where this user may not read all of it.
 */
export async function jumpedLayer(layer: StoredLayer, uid = process.geteuid?.() ?? -1): Promise<JumpedTar> {
  const fail = (what: string): Error => brokenStorage(layer.tarSplit, what);
  const { heads, contents, files, sizeBytes } = await readSplit(readTarSplit(layer.tarSplit), layer.tarSplit, fail);
  if (sizeBytes !== layer.sizeBytes) throw fail(`a tar of ${sizeBytes} bytes, where the layer has ${layer.sizeBytes}`);
  const folder = beneath(layer.folder);
  try {
    checkReadable(folder, files, contents, uid);
  } catch (error) {
    folder.close();
    throw error;
  }
  return { heads, sizeBytes, ...contentsIn(folder, files) };
}

/** The whole tar of a layer, not checked against its digest. Throws as `jumpedLayer`. */
export async function* layerTar(layer: StoredLayer): AsyncGenerator<Uint8Array, void, undefined> {
  const folder = beneath(layer.folder);
  try {
    for await (const part of readTarSplit(layer.tarSplit))
      if (part.is === 'bytes') yield part.bytes;
      else yield* createReadStream('', { fd: folder.open(part.path, part.sizeBytes), highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  } finally {
    folder.close();
  }
}

/**
 * Whether this user may read what could be asked for: an ordinary user's Podman gives files to subordinate ids, whose
 * private files are not its own. As root none is in doubt.
 */
function checkReadable(folder: Beneath, files: readonly PlacedFile[], heads: readonly PlacedHead[], uid: number): void {
  for (const [i, { path, sizeBytes }] of files.entries()) {
    const { mode, uid: owner } = heads[i]!;
    const isOpen = uid === 0 || (mode & 0o004) !== 0 || (owner === 0 && (mode & 0o400) !== 0);
    if (isOpen) folder.reach(path);
    else closeSync(folder.open(path, sizeBytes));
  }
  folder.leave();
}

/** Reads contents by their place in the tar. */
function contentsIn(folder: Beneath, files: readonly PlacedFile[]): Pick<JumpedTar, 'readAt' | 'close'> {
  let open: { readonly file: PlacedFile; readonly descriptor: number } | undefined;
  const leave = (): void => {
    if (open) closeSync(open.descriptor);
    open = undefined;
  };
  return {
    readAt(into, offset) {
      const file = fileAt(files, offset);
      if (!file) return 0;
      if (open?.file !== file) {
        leave();
        open = { file, descriptor: folder.open(file.path, file.sizeBytes) };
      }
      const at = offset - file.offset;
      return readSync(open.descriptor, into, 0, Math.min(into.length, file.sizeBytes - at), at);
    },
    close() {
      leave();
      folder.close();
    },
  };
}

/** The content that lies there. `files` are in the order of the tar. */
function fileAt(files: readonly PlacedFile[], offset: number): PlacedFile | undefined {
  let [low, high] = [0, files.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (files[middle]!.offset <= offset) low = middle;
    else high = middle - 1;
  }
  const found = files[low];
  return found && found.offset <= offset && offset < found.offset + found.sizeBytes ? found : undefined;
}
