import fc from 'fast-check';
import { expect, test } from 'vitest';
import { squarify } from './squarify.ts';

const WHOLE = { x: 0, y: 0, width: 100, height: 100 };

test('areas are in proportion, lie inside, and none lies over another', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 40 }),
      fc.double({ min: 0.5, max: 3, noNaN: true }),
      (values, aspect) => {
        const sorted = values.toSorted((a, b) => b - a);
        const cells = squarify(sorted, WHOLE, aspect);
        const total = sorted.reduce((sum, it) => sum + it, 0);
        for (const [index, cell] of cells.entries()) {
          expect(cell.width * cell.height).toBeCloseTo((10_000 * sorted[index]!) / total, 4);
          for (const edge of [cell.x, cell.y, 100 - cell.x - cell.width, 100 - cell.y - cell.height]) expect(edge).toBeGreaterThan(-1e-6);
          for (const other of cells.slice(index + 1)) {
            const wide = Math.min(cell.x + cell.width, other.x + other.width) - Math.max(cell.x, other.x);
            const high = Math.min(cell.y + cell.height, other.y + other.height) - Math.max(cell.y, other.y);
            expect(Math.min(wide, high)).toBeLessThan(1e-6);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('nothing is nothing', () => {
  expect(squarify([], WHOLE, 2)).toEqual([]);
  expect(squarify([0, 0], WHOLE, 2).every(({ width }) => width === 0)).toBe(true);
});
