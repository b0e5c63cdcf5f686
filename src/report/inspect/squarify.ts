/** A rectangle in percent of the whole. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Lays values, largest first, into a rectangle so that areas are in proportion and cells as square as can be.
 * `aspect`: width of the picture divided by its height, for one percent is not the same both ways.
 * Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000).
 */
export function squarify(values: readonly number[], { x, y, width, height }: Cell, aspect: number): readonly Cell[] {
  const total = values.reduce((sum, it) => sum + it, 0);
  if (total <= 0) return values.map(() => ({ x, y, width: 0, height: 0 }));
  const areas = values.map((value) => (value / total) * width * aspect * height);
  const cells: Cell[] = [];
  let free = { x: x * aspect, y, width: width * aspect, height };
  for (let at = 0; at < areas.length;) {
    const side = Math.min(free.width, free.height);
    let end = at + 1;
    while (end < areas.length && worst(areas.slice(at, end + 1), side) <= worst(areas.slice(at, end), side)) end += 1;
    const row = areas.slice(at, end);
    const thick = side === 0 ? 0 : row.reduce((sum, it) => sum + it, 0) / side;
    let along = 0;
    for (const area of row) {
      const long = thick === 0 ? 0 : area / thick;
      cells.push(
        free.width >= free.height
          ? { x: free.x / aspect, y: free.y + along, width: thick / aspect, height: long }
          : { x: (free.x + along) / aspect, y: free.y, width: long / aspect, height: thick },
      );
      along += long;
    }
    free =
      free.width >= free.height
        ? { ...free, x: free.x + thick, width: Math.max(0, free.width - thick) }
        : { ...free, y: free.y + thick, height: Math.max(0, free.height - thick) };
    at = end;
  }
  return cells;
}

/** The worst ratio of sides in a row of these areas. */
function worst(row: readonly number[], side: number): number {
  const sum = row.reduce((total, it) => total + it, 0);
  const [low, high] = [Math.min(...row), Math.max(...row)];
  return Math.max((side * side * high) / (sum * sum), (sum * sum) / (side * side * low));
}
