import { expect, test } from 'vitest';
import { budgetOf } from './prove-image.ts';

const direct = [{ createdBy: 'plimsoll: base (bookworm)' }, { createdBy: 'plimsoll: application' }];
const built = [{ createdBy: 'RUN pip install flask' }, {}];
const megabytes = (budget: Parameters<typeof budgetOf>[0], layers: Parameters<typeof budgetOf>[1]): number =>
  budgetOf(budget, layers).uncompressedBytes / 1e6;

test('an image of the Dockerfile is held to a budget of its own, where there is one', () => {
  const budget = { size: '62 MB', dockerfile: '146 MB' };
  expect([megabytes(budget, direct), megabytes(budget, built), megabytes({ size: '62 MB' }, built)]).toEqual([62, 146, 62]);
  expect(megabytes({ dockerfile: '146 MB' }, direct)).toBe(megabytes({}, direct));
  expect(megabytes(undefined, direct)).toBe(megabytes(undefined, built));
});
