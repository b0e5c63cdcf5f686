import type { Position } from './evidence.ts';

/** Line and column, from 1, of offsets in a text. The starts of its lines are asked for when the first one is. */
export function positionsIn(lineStarts: () => readonly number[]): (offset: number) => Position {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
