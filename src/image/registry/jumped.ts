import { headsFrom, type JumpedTar, type JumpSource, type PlacedHead, type Range } from '../tar/index.ts';
import type { Descriptor } from '../types.ts';
import type { RegistryJob } from './job.ts';
import { PIECE, rangedBlob, type RangedBlob } from './ranges.ts';
import type { Repository } from './repository.ts';

/** Bytes that are fetched with a header after a jump, and at most, where one small file follows another. */
const [SHORT, LONG] = [64 * 1024, 1024 * 1024];
/** Bytes: a jump over less is none. */
const NEAR = 512 * 1024;
/** Jumps in one layer; then the rest comes as a whole. */
const JUMPS = 64;

/**
 * A layer that lies uncompressed in a registry, jumped through by its headers with ranges (RFC 9110, section 14).
 * Undefined where the registry sends blobs as a whole. Throws EnvironmentError when it cannot be had.
 */
export async function jumpedPlain(repository: Repository, blob: Descriptor, job: RegistryJob): Promise<JumpedTar | undefined> {
  const parts = await rangedBlob(repository, blob, job);
  let isKept = false;
  try {
    const source = aheadOf(parts, blob.size);
    if (!(await source.begin())) return undefined;
    const heads: PlacedHead[] = [];
    for await (const head of headsFrom(source, `layer ${blob.digest}`)) heads.push(head);
    isKept = true;
    return {
      heads,
      sizeBytes: blob.size,
      readAt: parts.readAt,
      close: parts.close,
      prepare: async (wanted) => void (await parts.fetch(wanted)),
    };
  } finally {
    if (!isKept) parts.close();
  }
}

/** Reads headers, and ahead of them: little after a jump, more and more where the next one is near. */
function aheadOf(parts: RangedBlob, sizeBytes: number): JumpSource & { begin(): Promise<boolean> } {
  let offset = 0;
  let [end, length, jumps] = [0, SHORT, 0];
  const bring = async (range: Range): Promise<boolean> => {
    if (parts.has(range)) return true;
    const isNear = range.offset - end < NEAR;
    length = isNear ? Math.min(LONG, length * 2) : SHORT;
    jumps += 1;
    // Before the header is the end of a file: of a program, its table of sections.
    const from = Math.max(end, range.offset - PIECE, 0);
    end = jumps > JUMPS ? sizeBytes : Math.min(sizeBytes, Math.max(range.offset + range.sizeBytes, from + length));
    return parts.fetch([{ offset: Math.min(from, range.offset), sizeBytes: end - Math.min(from, range.offset) }]);
  };
  return {
    begin: () => bring({ offset: 0, sizeBytes: Math.min(PIECE, sizeBytes) }),
    offset: () => offset,
    async take(wanted) {
      if (offset >= sizeBytes) return undefined;
      const bytes = new Uint8Array(wanted);
      await bring({ offset, sizeBytes: wanted });
      const count = parts.readAt(bytes, offset);
      offset += count;
      return count === wanted ? bytes : undefined;
    },
    skip: async (count) => void (offset += count),
  };
}
