import { nearest } from '../../../base/index.ts';

/** ` (did you mean …?)` when a known name is near enough: at most a third of its letters differ. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known, Math.floor(name.length / 3));
  return near === undefined ? '' : ` (did you mean \`$${near}\`?)`;
}
