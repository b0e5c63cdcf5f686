import { expect, test } from 'vitest';
import fc from 'fast-check';
import { markedPlaces } from './marks.ts';
import { MARKS } from './text.ts';

test('every mark is found, wherever it lies and whatever lies around it', () => {
  const noise = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(noise, fc.constantFrom(...MARKS), noise, (before, mark, after) => {
      const bytes = Buffer.concat([before, Buffer.from(mark, 'latin1'), after]);
      expect(markedPlaces(bytes)).toContain(before.length);
    }),
    { numRuns: 3000 },
  );
});

test('nothing else is: each place has a mark, and all that a plain search finds are among them', () => {
  const parts = fc.array(fc.oneof(fc.constantFrom(...MARKS, 'eyI', 'AK', 'PRIVATE KE', ':A'), fc.string({ maxLength: 5 })));
  fc.assert(
    fc.property(parts, (all) => {
      const bytes = Buffer.from(all.join(''), 'latin1');
      const plain = MARKS.flatMap((mark) => {
        const places: number[] = [];
        for (let at = bytes.indexOf(mark, 0, 'latin1'); at >= 0; at = bytes.indexOf(mark, at + 1, 'latin1')) places.push(at);
        return places;
      });
      expect([...new Set(markedPlaces(bytes))].toSorted((a, b) => a - b)).toEqual([...new Set(plain)].toSorted((a, b) => a - b));
    }),
  );
});
