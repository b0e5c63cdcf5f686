import { DIGEST_FROM, START, type ScannedLayer } from '../image/index.ts';
import { grouped } from './grouped.ts';
import type { Known } from './types.ts';

/** Bytes that are compared at a time: two of them fit into a processor's cache. */
const STEP = 128 * 1024;

/** Reads a part of a file into a buffer; undefined where contents cannot be read again. */
type ReadPart = (of: Known, from: number, into: Buffer) => Buffer | undefined;

/**
 * All but the first of files with the same content. Only files of equal size and an equal start are read: beside the
 * first of them, which is less work than a digest; those that differ from it are told apart by their digests.
 */
export function copiesAmong(files: readonly Known[], layers: readonly ScannedLayer[]): ReadonlySet<Known> {
  const copies = new Set<Known>();
  const read: ReadPart = ({ file, record }, from, into) => layers[file.layer]!.contents.part(record, from, into);
  const start = Buffer.allocUnsafe(START);
  const steps: Steps = [Buffer.allocUnsafe(STEP), Buffer.allocUnsafe(STEP)];
  // What holes leave out costs nothing twice either.
  const large = files.filter(({ file, record }) => file.sizeBytes >= DIGEST_FROM && !record.sparse);
  for (const sized of grouped(large, ({ file }) => file.sizeBytes).values()) {
    if (sized.length < 2) continue;
    for (const alike of grouped(sized, (it) => read(it, 0, start)?.toString('latin1') ?? '').values()) {
      for (const copy of equalToFirst(alike, read, steps)) copies.add(copy);
      const others = alike.filter((it) => !copies.has(it));
      for (const copy of repeated(others, layers)) copies.add(copy);
    }
  }
  return copies;
}

type Steps = readonly [Buffer, Buffer];

/** Those of the others that are the first's copies, where that can be read. Each is read once. */
function equalToFirst([first, ...others]: readonly Known[], read: ReadPart, [mine, theirs]: Steps): readonly Known[] {
  let equal = others;
  for (let from = 0; equal.length > 0 && from < first!.file.sizeBytes; from += STEP) {
    const wanted = read(first!, from, mine);
    equal = equal.filter((it) => wanted && read(it, from, theirs)?.equals(wanted));
  }
  return equal;
}

/** All but the first of each digest. */
function repeated(files: readonly Known[], layers: readonly ScannedLayer[]): readonly Known[] {
  if (files.length < 2) return [];
  const seen = new Set<string>();
  return files.filter(({ file, record }) => {
    const digest = layers[file.layer]!.contents.digest(record);
    if (digest === undefined || seen.has(digest)) return digest !== undefined;
    seen.add(digest);
    return false;
  });
}
