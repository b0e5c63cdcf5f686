import { ELF_HEAD } from '../elf/unloaded.ts';
import type { Range } from '../tar/index.ts';
import { DIGEST_FROM, isText, mayBeElf, START, type Asks, type FileRecord, type PlacedContent, type WantsText } from './contents.ts';
import type { ScannedLayer } from './scan.ts';

/** Where a section table lies as a rule: at the end of its file. Bytes: 50 sections and more. */
const TABLE = 4096;

/** Brings what is going to be asked of layers that lie elsewhere, many parts at a time. What is missed comes when it is asked for. */
export async function prepareContents(layers: readonly ScannedLayer[], wantsText: WantsText, asks: Asks): Promise<void> {
  const far = layers.filter(({ prepare }) => prepare);
  if (far.length === 0) return;
  const bring = async (rangesOf: (file: FileRecord) => readonly Range[]): Promise<void> => {
    for (const layer of far) await layer.prepare?.(filesOf(layer).flatMap(rangesOf));
  };
  await bring((file) => (isText(file, wantsText) ? [file] : []));
  if (asks !== 'contents') return;
  const sizes = countsOf(layers.flatMap(filesOf), ({ sizeBytes }) => String(sizeBytes));
  const hasTwin = ({ sizeBytes }: FileRecord): boolean => sizeBytes >= DIGEST_FROM && (sizes.get(String(sizeBytes)) ?? 0) > 1;
  await bring((file) => [
    ...(mayBeElf(file) ? [partOf(file, 0, ELF_HEAD), partOf(file, file.sizeBytes - TABLE, TABLE)] : []),
    ...(hasTwin(file) ? [partOf(file, 0, START)] : []),
  ]);
  const twins = layers.flatMap((layer) =>
    filesOf(layer)
      .filter(hasTwin)
      .map((file) => ({ layer, file })),
  );
  const start = Buffer.allocUnsafe(START);
  const keyOf = (layer: ScannedLayer, file: FileRecord): string =>
    `${file.sizeBytes} ${layer.contents.part(file, 0, start)?.toString('latin1') ?? ''}`;
  const starts = countsOf(twins, ({ layer, file }) => keyOf(layer, file));
  for (const layer of far)
    await layer.prepare?.(filesOf(layer).filter((file) => hasTwin(file) && (starts.get(keyOf(layer, file)) ?? 0) > 1));
}

/** Brings what of these contents has to be read for their digests. */
export async function prepareDigests(wanted: readonly { readonly layer: ScannedLayer; readonly content: PlacedContent }[]): Promise<void> {
  for (const far of new Set(wanted.map(({ layer }) => layer)))
    await far.prepare?.(wanted.filter(({ layer, content }) => layer === far && !far.contents.saidDigest?.(content)).map(storedRange));
}

const storedRange = ({ content: { offset, sizeBytes, sparse } }: { readonly content: PlacedContent }): Range => ({
  offset,
  sizeBytes: sparse?.storedBytes ?? sizeBytes,
});

const partOf = ({ offset, sizeBytes }: FileRecord, from: number, length: number): Range => {
  const begin = Math.max(0, from);
  return { offset: offset + begin, sizeBytes: Math.max(0, Math.min(length, sizeBytes - begin)) };
};

const filesOf = ({ records }: ScannedLayer): FileRecord[] =>
  records.filter((record): record is FileRecord => record.type === 'file' && !record.sparse && record.sizeBytes > 0);

function countsOf<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
