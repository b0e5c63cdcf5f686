import { createHash } from 'node:crypto';
import type { Digest } from '../../base/node.ts';
import { recordOf } from '../layer/read.ts';
import { compressionOf } from '../spec/media-types.ts';
import { readTar, type TarEntry } from '../tar/index.ts';
import type { Descriptor } from '../types.ts';
import { decompressed } from '../verified.ts';
import { attempt, type Bench } from './bench.ts';
import { SECTION, type Section } from './finding.ts';

/** What was counted of a layer. */
export interface Measured {
  /** What breaks the specification. */
  readonly problems: readonly string[];
  /** The same with the sections, and what is only advised against. */
  readonly findings?: readonly LayerFinding[];
  readonly diffId?: Digest;
  /** Bytes of its tar; absent where it could not be read to its end. */
  readonly uncompressed?: number;
}

export interface LayerFinding {
  readonly severity: 'error' | 'note';
  readonly what: string;
  readonly section: Section;
}

/** What of a descriptor decides what is counted. */
export const layerKey = ({ digest, size, mediaType }: Descriptor): string => `${digest} ${size} ${mediaType}`;

/** Counts a layer, once for each bench. */
export function measureLayer(bench: Bench, layer: Descriptor): Promise<Measured> {
  const key = layerKey(layer);
  const measuring = bench.measured.get(key) ?? measure(bench, layer);
  bench.measured.set(key, measuring);
  return measuring;
}

/** Twice over the blob: broken content must not hide a wrong digest. */
async function measure(bench: Bench, layer: Descriptor): Promise<Measured> {
  const findings: LayerFinding[] = [];
  const tell = (section: Section) => (what: string) => void findings.push({ severity: 'error', what, section });
  let first: Uint8Array | undefined;
  await attempt(async () => {
    for await (const piece of bench.blob(layer)) first ??= Uint8Array.from(piece.subarray(0, 4));
  }, tell(SECTION.verification));
  const compression = compressionOf(layer.mediaType);
  const actual = magicOf(first ?? new Uint8Array());
  if (compression === undefined) tell(SECTION.conflicts)(`media type \`${layer.mediaType}\` is no layer's`);
  else if (findings.length === 0 && actual !== undefined && actual !== compression)
    tell(SECTION.conflicts)(
      `its bytes are ${actual}, its media type \`${layer.mediaType}\` says ${compression === 'none' ? 'a plain tar' : compression}`,
    );
  if (findings.length > 0) return measured(findings);
  const hash = createHash('sha256');
  let uncompressed = 0;
  const tar = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of decompressed(bench.blob(layer), layer)) {
      hash.update(piece);
      uncompressed += piece.length;
      yield piece;
    }
  };
  const isRead = await attempt(() => readEntries(tar(), findings), tell(SECTION.layer));
  return isRead ? { ...measured(findings), diffId: `sha256:${hash.digest('hex')}`, uncompressed } : measured(findings);
}

const measured = (findings: readonly LayerFinding[]): Measured => ({
  problems: findings.filter(({ severity }) => severity === 'error').map(({ what }) => what),
  ...(findings.length > 0 ? { findings } : {}),
});

/** RFC 1952, section 2.3.1; RFC 8878, sections 3.1.1 and 3.1.2 (a skippable frame may come first). */
function magicOf([a = 0, b = 0, c = 0, d = 0]: Uint8Array): 'gzip' | 'zstd' | undefined {
  if (a === 0x1f && b === 0x8b) return 'gzip';
  const isZstd = (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) || (a >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18);
  return isZstd ? 'zstd' : undefined;
}

/** Reads a tar to its end; flaws that leave it readable come among the findings. */
async function readEntries(tar: AsyncIterable<Uint8Array>, findings: LayerFinding[]): Promise<true> {
  const seen = new Set<string>();
  const doubled: string[] = [];
  const absolute: string[] = [];
  const note = (what: string): unknown => findings.push({ severity: 'note', what, section: SECTION.changes });
  for await (const entry of readTar(tar, 'layer')) {
    const name = nameOf(entry);
    if (entry.path.startsWith('/')) absolute.push(entry.path);
    if (seen.has(name)) doubled.push(name === '' ? './' : name);
    seen.add(name);
  }
  if (doubled.length > 0)
    findings.push({ severity: 'error', what: `has more than one entry for ${listed(doubled)}`, section: SECTION.layer });
  if (absolute.length > 0) note(`has absolute names: ${listed(absolute)}`);
  if (seen.size === 0) note('has no entry: a step without changes needs no layer');
  return true;
}

/** Plain, whiteouts with their prefix. Throws EnvironmentError for a name that leaves the layer. */
function nameOf(entry: TarEntry): string {
  const record = recordOf(entry, 'layer');
  return record.type === 'whiteout' ? `.wh.:${record.path}` : record.type === 'opaque' ? `.wh..wh..opq:${record.path}` : record.path;
}

function listed(names: readonly string[]): string {
  const shown = [...new Set(names)].slice(0, 3).map((name) => `\`${name.slice(0, 200)}\``);
  const rest = new Set(names).size - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
