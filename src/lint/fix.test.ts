import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDockerfile, buildableDockerfile } from '../dockerfile/dockerfiles.testing.ts';
import { evaluate, parse } from '../dockerfile/index.ts';
import { fix } from './index.ts';

test('many fixes in one file do not clash', () => {
  const text = 'from alpine AS Build\r\nENV A  b c\r\nRun echo \\\r\n\r\n  x\r\nEXPOSE 1.2.3.4:80:80/TCP\r\n';
  expect(fix(text, { preset: 'buildkit' }).text).toBe('FROM alpine AS build\r\nENV A="b c"\r\nRUN echo \\\r\n  x\r\nEXPOSE 80/tcp\r\n');
});

test('an unsafe fix is made when it is asked for', () => {
  const text = 'FROM alpine\nCMD a b\n';
  expect(fix(text, { preset: 'buildkit' }).text).toBe(text);
  expect(fix(text, { preset: 'buildkit', unsafe: true }).text).toBe('FROM alpine\nCMD ["a", "b"]\n');
});

test('what is fixed still builds, has fewer findings, and is not fixed again', () => {
  let changed = 0;
  fc.assert(
    fc.property(fc.oneof(anyDockerfile, buildableDockerfile), (text) => {
      const options = { preset: 'buildkit', unsafe: true } as const;
      const once = fix(text, options);
      if (once.fixed.length > 0) changed += 1;
      if (evaluate(parse(text)).problems.length === 0) expect(evaluate(parse(once.text)).problems).toEqual([]);
      expect(fix(once.text, options).text).toBe(once.text);
    }),
    { numRuns: 3000, seed: 10 },
  );
  expect(changed).toBeGreaterThan(1000);
});
