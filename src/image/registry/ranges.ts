import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { atOnce } from '../../base/index.ts';
import { NotFetched, type Range } from '../tar/index.ts';
import type { Descriptor } from '../types.ts';
import { contentError } from './errors.ts';
import { AT_ONCE, type RegistryJob } from './job.ts';
import type { Repository } from './repository.ts';
import { failureOf, retrying, type Failure } from './retry.ts';

/** Unit of what is fetched, in bytes. */
export const PIECE = 4096;
/** Requests for what is wanted at one time; what lies between neighbours comes along until they are no more. */
const REQUESTS = 64;
/** Bytes between two wishes that cost less than another request: 50 ms at 50 Mbit/s. */
const GAP = 256 * 1024;

/** A blob of which parts are here. */
export interface RangedBlob {
  /** Whether the registry sends parts is known with the first; false: it sends blobs whole. */
  fetch(wanted: readonly Range[]): Promise<boolean>;
  has(range: Range): boolean;
  /** Throws NotFetched for what is not here. */
  readAt(into: Uint8Array, offset: number): number;
  close(): void;
}

/** Parts of a blob, kept in a file with holes that is there until the store is closed. Not checked against any digest. */
export async function rangedBlob(repository: Repository, blob: Descriptor, job: RegistryJob): Promise<RangedBlob> {
  const descriptor = openSync(join(await job.store.temporary(), 'parts'), 'w+', 0o600);
  const here = new Uint8Array(Math.ceil(blob.size / PIECE));
  let misses = 0;
  const runOf = ({ offset, sizeBytes }: Range): Run => ({
    from: Math.floor(offset / PIECE),
    to: Math.ceil(Math.min(offset + sizeBytes, blob.size) / PIECE),
  });
  const has = (range: Range): boolean => {
    const { from, to } = runOf(range);
    return here.subarray(from, to).every((it) => it === 1);
  };
  const fetch = async (wanted: readonly Range[]): Promise<boolean> => {
    let sendsParts = true;
    await atOnce(fewRuns(wanted.filter((range) => range.sizeBytes > 0 && !has(range)).map(runOf)), AT_ONCE, async ({ from, to }) => {
      const range = { offset: from * PIECE, sizeBytes: Math.min(to * PIECE, blob.size) - from * PIECE };
      if (sendsParts && (await part(repository, blob, range, job, descriptor))) here.fill(1, from, to);
      else sendsParts = false;
    });
    return sendsParts;
  };
  /** Of what nobody foresaw: that alone, the next time all. */
  const fetchMissing = async (range: Range): Promise<void> => {
    misses += 1;
    if (!(await fetch([misses === 1 ? range : { offset: 0, sizeBytes: blob.size }])))
      throw contentError(`${repository.host}/${repository.repository}`, `blob ${blob.digest} came in parts before, and does not any more`);
  };
  return {
    fetch,
    has,
    readAt(into, offset) {
      const range = { offset, sizeBytes: Math.max(0, Math.min(into.length, blob.size - offset)) };
      if (!has(range)) throw new NotFetched(() => fetchMissing(range));
      return readSync(descriptor, into, 0, range.sizeBytes, offset);
    },
    close: () => closeSync(descriptor),
  };
}

/** Pieces from one to before another. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** Wishes in order, those with little between them together. */
function fewRuns(wanted: readonly Run[]): readonly Run[] {
  const sorted = wanted.toSorted((a, b) => a.from - b.from);
  for (let gap = GAP / PIECE; ; gap *= 2) {
    const runs: { from: number; to: number }[] = [];
    for (const { from, to } of sorted) {
      const last = runs.at(-1);
      if (last && from <= last.to + gap) last.to = Math.max(last.to, to);
      else runs.push({ from, to });
    }
    if (runs.length <= REQUESTS) return runs;
  }
}

/** Brings one part; false where the registry answers with all of the blob, which is not read then. */
async function part(
  repository: Repository,
  blob: Descriptor,
  { offset, sizeBytes }: Range,
  job: RegistryJob,
  file: number,
): Promise<boolean> {
  const where = `${repository.host}/${repository.repository}`;
  return retrying(job, async (): Promise<{ readonly value: boolean } | Failure> => {
    const tried = await repository.try({
      method: 'GET',
      path: `blobs/${blob.digest}`,
      headers: { range: `bytes=${offset}-${offset + sizeBytes - 1}` },
      expects: [200, 206, 416],
      about: `blob ${blob.digest}`,
    });
    if (!('value' in tried)) return tried;
    const { status, headers, bytes, drop } = tried.value;
    if (status !== 206) return drop().then(() => ({ value: false }));
    const wanted = `bytes ${offset}-${offset + sizeBytes - 1}/${blob.size}`;
    if (headers.get('content-range') !== wanted) {
      await drop();
      return failureOf(contentError(where, `another part of blob ${blob.digest} comes than was asked for`));
    }
    let at = 0;
    for await (const piece of bytes()) {
      if (at + piece.length > sizeBytes) break;
      writeSync(file, piece, 0, piece.length, offset + at);
      at += piece.length;
    }
    return at === sizeBytes
      ? { value: true }
      : failureOf(contentError(where, `a part of blob ${blob.digest} is not as long as it should be`));
  });
}
