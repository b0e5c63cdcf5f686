import { closeSync, createReadStream, readSync } from 'node:fs';
import { headsFrom, type JumpedTar, type JumpSource, type PlacedHead } from '../../tar/index.ts';
import { beneath, type Beneath } from './beneath.ts';
import { brokenStorage } from './broken.ts';
import type { StoredLayer } from './records.ts';
import { readTarSplit, type TarPart } from './tar-split.ts';

type FilePart = Extract<TarPart, { is: 'file' }>;
/** A content, and where it lies in the tar. */
type PlacedFile = FilePart & { readonly offset: number };

/**
 * A layer of Podman's, by what it kept of the tar; contents are read in the layer's folder when they are asked for.
 * Throws EnvironmentError where the two do not fit, or where this user may not read all of it.
 */
export async function jumpedLayer(layer: StoredLayer, uid = process.geteuid?.() ?? -1): Promise<JumpedTar> {
  const files: PlacedFile[] = [];
  const source = partSource(layer, (file) => files.push(file));
  const heads: PlacedHead[] = [];
  for await (const head of headsFrom(source, layer.tarSplit)) heads.push(head);
  const sizeBytes = await source.drain();
  if (sizeBytes !== layer.sizeBytes)
    throw brokenStorage(layer.tarSplit, `a tar of ${sizeBytes} bytes, where the layer has ${layer.sizeBytes}`);
  const contents = heads.filter((head) => head.type === 'file' && head.sizeBytes > 0);
  const flaw = contents.find((head, i) => head.sparse || files[i]?.offset !== head.offset || files[i].sizeBytes !== head.sizeBytes);
  if (flaw || contents.length !== files.length)
    throw brokenStorage(layer.tarSplit, `its headers and contents do not fit: ${flaw?.path ?? 'one too many'}`);
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

/** The parts of a layer's tar as one tar. `pass` hears of each content that is passed over. */
function partSource(layer: StoredLayer, pass: (file: PlacedFile) => void): JumpSource & { drain(): Promise<number> } {
  const parts = readTarSplit(layer.tarSplit);
  let rest: Uint8Array = new Uint8Array();
  let offset = 0;
  const next = async (): Promise<FilePart | 'bytes' | 'end'> => {
    if (rest.length > 0) return 'bytes';
    const part = await parts.next();
    if (part.done === true) return 'end';
    if (part.value.is === 'file') return part.value;
    rest = part.value.bytes;
    return 'bytes';
  };
  const cut = (length: number): Uint8Array => {
    const piece = rest.subarray(0, length);
    rest = rest.subarray(piece.length);
    offset += piece.length;
    return piece;
  };
  const passed = (file: FilePart): number => {
    pass({ ...file, offset });
    offset += file.sizeBytes;
    return file.sizeBytes;
  };
  const misfit = (what: string): never => {
    throw brokenStorage(layer.tarSplit, `${what} at byte ${offset} of the tar`);
  };
  return {
    offset: () => offset,
    async take(length) {
      const whole = new Uint8Array(length);
      for (let have = 0; have < length;) {
        const is = await next();
        if (is === 'end' && have === 0) return undefined;
        if (is !== 'bytes') return misfit('no header');
        const piece = cut(length - have);
        whole.set(piece, have);
        have += piece.length;
      }
      return whole;
    },
    async skip(length) {
      for (let left = length; left > 0;) {
        const is = await next();
        if (is === 'end') return misfit('it ends');
        left -= is === 'bytes' ? cut(left).length : passed(is);
        if (left < 0) misfit('more content than its header says');
      }
    },
    async drain() {
      for (let is = await next(); is !== 'end'; is = await next())
        if (is === 'bytes') cut(rest.length);
        else passed(is);
      return offset;
    },
  };
}
