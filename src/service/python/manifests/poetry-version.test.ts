import { expect, test } from 'vitest';
import { fromPoetry } from './poetry-version.ts';

// The examples of poetry's manual, “Dependency specification”.
test.each([
  ['^1.2.3', '>=1.2.3,<2.0'],
  ['^1.2', '>=1.2,<2.0'],
  ['^1', '>=1,<2.0'],
  ['^0.2.3', '>=0.2.3,<0.3'],
  ['^0.0.3', '>=0.0.3,<0.0.4'],
  ['^0.0', '>=0.0,<0.1'],
  ['^0', '>=0,<1.0'],
  ['~1.2.3', '>=1.2.3,<1.3'],
  ['~1.2', '>=1.2,<1.3'],
  ['~1', '>=1,<2.0'],
  ['*', ''],
  ['1.*', '==1.*'],
  ['>=1.2.0, <2', '>=1.2.0,<2'],
  ['==1.2.3', '==1.2.3'],
  ['1.2.3', '==1.2.3'],
  ['~=3.1', '~=3.1'],
  ['!= 1.2', '!=1.2'],
])('%s is %s', (written, specifier) => {
  expect(fromPoetry(written)).toBe(specifier);
});

test('alternatives have no PEP 440 form', () => {
  expect(fromPoetry('^2.7 || ^3.9')).toBeUndefined();
});
