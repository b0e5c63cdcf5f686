import { shape, type Shape } from '../../base/index.ts';

const { listOf, object } = shape;
const anyList = object({ entries: listOf(() => []) });

/**
 * A table of contents, whose entries have that shape; undefined where it is none. The first entry without it ends the
 * work: all that is wrong with a hostile table would take more memory than the table.
 */
export function tableIn<T>(bytes: Uint8Array, entry: Shape): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
  if (anyList(value, '').length > 0) return undefined;
  return (value as { readonly entries: readonly unknown[] }).entries.every((it) => entry(it, '').length === 0) ? (value as T) : undefined;
}
