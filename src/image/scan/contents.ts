import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { ELF_HEAD, sectionTable, unloadedBytes, type SectionTable } from '../elf/unloaded.ts';
import type { Digest } from '../../base/node.ts';
import type { TreeRecord } from '../layer/read.ts';
import { zeros, type JumpedTar, type Place } from '../tar/index.ts';

export type FileRecord = Extract<TreeRecord, { type: 'file' }>;

/** Where a content lies in a layer's tar. */
export type PlacedContent = Pick<FileRecord, 'offset' | 'sizeBytes' | 'sparse'>;

/** What of a layer is going to be asked for: lists of packages; with them what tells waste, or the digest of any file. */
export type Asks = 'texts' | 'contents' | 'digests';

/** What may be asked of the contents of a layer's files. */
export interface Contents {
  /** Of a file whose text was wanted. */
  text(file: FileRecord): Uint8Array | undefined;
  /** Of the whole content, holes too; undefined where a layer that was unpacked was not asked for it. */
  digest(content: PlacedContent): Digest | undefined;
  /** The same, where nothing has to be read for it. */
  saidDigest?(content: PlacedContent): Digest | undefined;
  /** What a file has from there on, as much as there is room for; undefined where it cannot be read again, as after a layer was unpacked. */
  part(file: FileRecord, from: number, into: Buffer): Buffer | undefined;
  /** Bytes of ELF sections that are never loaded; 0 for what is no ELF file. */
  unloaded(file: FileRecord): number;
}

/** Bytes: smaller files are no waste by being there twice. */
export const DIGEST_FROM = 1024;
/** The largest file that is kept in memory when it is wanted: as large as records of packages are read. Bytes. */
const TEXT_LIMIT = 256 * 1024 * 1024;
const STEP = 1024 * 1024;
/** Bytes that tell most files of one size from one another. */
export const START = 512;

/** What may be a program or a library, by its name or mode. */
export const mayBeElf = ({ path, mode, sizeBytes, sparse }: FileRecord): boolean =>
  !sparse && sizeBytes > 4096 && ((mode & 0o111) !== 0 || /\.(?:so|node|debug|pyd)(?:\.|$)/.test(path));

/** Wishes of whoever looks into a layer; the rest of it is not kept. */
export type WantsText = (path: string) => boolean;

/** Whether its text may be asked for. */
export const isText = ({ path, sizeBytes, sparse }: FileRecord, wantsText: WantsText): boolean =>
  !sparse && wantsText(path) && sizeBytes <= TEXT_LIMIT;

/** Contents that are read from the layer's file when they are asked for. */
export function contentsAt(place: Place, wantsText: WantsText): Contents & { close(): void } {
  const descriptor = openSync(place.file, 'r');
  const readAt: ReadAt = (into, offset) => readSync(descriptor, into, 0, into.length, place.offset + offset);
  return { ...contentsBy(readAt, wantsText), close: () => closeSync(descriptor) };
}

/** Fills `into` with what lies from an offset of the layer's tar on, and says how many bytes that were. */
type ReadAt = (into: Uint8Array, offset: number) => number;

/** Contents that are read when they are asked for. */
export function contentsBy(readAt: ReadAt, wantsText: WantsText, saidDigest?: JumpedTar['saidDigest']): Contents {
  /** For one digest after the other. */
  let step: Buffer | undefined;
  /** Whether all of it was there. */
  const hashed = (hash: Hash, offset: number, sizeBytes: number): boolean => {
    step ??= Buffer.allocUnsafe(STEP);
    for (let done = 0; done < sizeBytes;) {
      const count = readAt(step.subarray(0, Math.min(STEP, sizeBytes - done)), offset + done);
      if (count === 0) return false;
      hash.update(step.subarray(0, count));
      done += count;
    }
    return true;
  };
  const read = (offset: number, sizeBytes: number): Uint8Array => {
    const made = new Uint8Array(sizeBytes);
    return made.subarray(0, readAt(made, offset));
  };
  return {
    text: (file) => (isText(file, wantsText) ? read(file.offset, file.sizeBytes) : undefined),
    ...(saidDigest ? { saidDigest } : {}),
    digest(content) {
      const said = saidDigest?.(content);
      if (said) return said;
      const { offset, sizeBytes, sparse } = content;
      const hash = newHash();
      let [at, stored] = [0, offset];
      for (const piece of sparse?.pieces ?? [{ offset: 0, sizeBytes }]) {
        for (const hole of zeros(piece.offset - at)) hash.update(hole);
        if (!hashed(hash, stored, piece.sizeBytes)) return undefined;
        at = piece.offset + piece.sizeBytes;
        stored += piece.sizeBytes;
      }
      for (const hole of zeros(sizeBytes - at)) hash.update(hole);
      return digestOf(hash);
    },
    part({ offset, sizeBytes, sparse }, from, into) {
      const wanted = Math.min(into.length, sizeBytes - from);
      return !sparse && readAt(into.subarray(0, wanted), offset + from) === wanted ? into.subarray(0, wanted) : undefined;
    },
    unloaded(file) {
      if (!mayBeElf(file)) return 0;
      const head = read(file.offset, ELF_HEAD);
      const table = sectionTable(head);
      if (!table || table.offset + table.sizeBytes > file.sizeBytes) return 0;
      return unloadedBytes(head, read(file.offset + table.offset, table.sizeBytes));
    },
  };
}

/** Not for security: equal contents are found by it. */
const newHash = (): Hash => createHash('sha256');
const digestOf = (hash: Hash): Digest => `sha256:${hash.digest('hex')}`;

/** Contents that were looked at while they passed. */
export interface PassedContents extends Contents {
  pass(file: FileRecord, content: AsyncIterable<Uint8Array>): Promise<void>;
}

/** Of small files, and of those with holes, nobody asks whether they are copies. */
const wantsDigest = ({ sizeBytes, sparse }: FileRecord, asks: Asks): boolean =>
  asks === 'digests' || (asks === 'contents' && sizeBytes >= DIGEST_FROM && !sparse);

/** For layers that have to be unpacked: what may be asked later is taken down on the way. */
export function contentsInPassing(wantsText: WantsText, asks: Asks): PassedContents {
  const texts = new Map<number, Uint8Array>();
  const digests = new Map<number, Digest>();
  const unloaded = new Map<number, number>();
  return {
    text: ({ offset }) => texts.get(offset),
    digest: ({ offset }) => digests.get(offset),
    part: () => undefined,
    unloaded: ({ offset }) => unloaded.get(offset) ?? 0,
    async pass(file, content) {
      const text: Uint8Array[] | undefined = isText(file, wantsText) ? [] : undefined;
      const hash = wantsDigest(file, asks) ? newHash() : undefined;
      const elf = asks === 'contents' && mayBeElf(file) ? elfInPassing() : undefined;
      if (!text && !hash && !elf) return;
      for await (const piece of content) {
        text?.push(Uint8Array.from(piece));
        hash?.update(piece);
        elf?.see(piece);
      }
      if (text) texts.set(file.offset, Buffer.concat(text));
      if (hash) digests.set(file.offset, digestOf(hash));
      const bytes = elf?.unloaded() ?? 0;
      if (bytes > 0) unloaded.set(file.offset, bytes);
    },
  };
}

/** Catches the header of an ELF file, and the table of sections that it points to, near the end of the file. */
function elfInPassing(): { see(piece: Uint8Array): void; unloaded(): number } {
  const head = catcher({ offset: 0, sizeBytes: ELF_HEAD });
  let table: ReturnType<typeof catcher> | undefined;
  let at = 0;
  return {
    see(piece) {
      head.see(piece, at);
      const found = table || !head.isFull() ? undefined : sectionTable(head.bytes);
      if (found) table = catcher(found);
      table?.see(piece, at);
      at += piece.length;
    },
    unloaded: () => (table?.isFull() ? unloadedBytes(head.bytes, table.bytes) : 0),
  };
}

function catcher({ offset, sizeBytes }: SectionTable): {
  readonly bytes: Uint8Array;
  see(piece: Uint8Array, at: number): void;
  isFull(): boolean;
} {
  const bytes = new Uint8Array(sizeBytes);
  let have = 0;
  return {
    bytes,
    isFull: () => have === sizeBytes,
    see(piece, at) {
      const part = piece.subarray(Math.max(0, offset + have - at), Math.max(0, offset + sizeBytes - at));
      if (at + piece.length <= offset + have || have === sizeBytes) return;
      bytes.set(part, have);
      have += part.length;
    },
  };
}
