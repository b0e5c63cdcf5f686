import type { ScannedLayer } from '../image/index.ts';
import { debugSections, duplicates } from './causes/by-content.ts';
import { allCauses, causes } from './causes/index.ts';
import { copiesAmong } from './copies.ts';
import { grouped } from './grouped.ts';
import type { Avoidable, CauseByContent, CauseFound, FileFact, Known, LayerShare } from './types.ts';

export interface Classified {
  readonly causes: readonly CauseFound[];
  /** By path: bytes that a cause has taken, and its id. */
  readonly taken: ReadonlyMap<string, { readonly sizeBytes: number; readonly cause: string }>;
}

/** Each byte goes to the first cause that takes it: whole files by path and owner, then by content, then parts of what is left. */
export function classify(files: readonly Known[], layers: readonly ScannedLayer[]): Classified {
  const found = new Map<CauseByContent, Avoidable[]>(allCauses.map((cause) => [cause, []]));
  const take = (cause: CauseByContent, file: FileFact, sizeBytes: number): void => void found.get(cause)!.push({ file, sizeBytes });
  const left = files.filter(({ file }) => {
    const cause = causes.find(({ matches }) => matches(file));
    if (cause) take(cause, file, file.sizeBytes);
    return !cause;
  });
  const copies = copiesAmong(left, layers);
  for (const known of left) {
    if (copies.has(known)) {
      take(duplicates, known.file, known.file.sizeBytes);
      continue;
    }
    const bytes = layers[known.file.layer]!.contents.unloaded(known.record);
    // A table may say what it likes: never more than there is.
    if (bytes > 0) take(debugSections, known.file, Math.min(bytes, known.file.sizeBytes));
  }
  return { causes: [...found].flatMap(([cause, taken]) => (taken.length > 0 ? [summed(cause, taken)] : [])), taken: byPath(found) };
}

function summed(cause: CauseByContent, files: readonly Avoidable[]): CauseFound {
  const layers: LayerShare[] = [...grouped(files, ({ file }) => file.layer)].map(([layer, of]) => ({ layer, sizeBytes: sum(of) }));
  return {
    cause,
    sizeBytes: sum(files),
    files: files.toSorted((a, b) => b.sizeBytes - a.sizeBytes),
    layers: layers.toSorted((a, b) => b.sizeBytes - a.sizeBytes),
  };
}

const sum = (items: readonly { readonly sizeBytes: number }[]): number => items.reduce((total, { sizeBytes }) => total + sizeBytes, 0);

function byPath(found: ReadonlyMap<CauseByContent, readonly Avoidable[]>): Classified['taken'] {
  const taken = new Map<string, { sizeBytes: number; cause: string }>();
  for (const [{ id }, files] of found) for (const { file, sizeBytes } of files) taken.set(file.path, { sizeBytes, cause: id });
  return taken;
}
