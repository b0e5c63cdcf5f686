import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyDockerfile, directedDockerfiles } from '../dockerfile/dockerfiles.testing.ts';
import { evaluate, parse } from '../dockerfile/index.ts';
import { lintableDockerfile } from './hadolint-dockerfiles.testing.ts';
import { fix, lint, rules, shellScripts, type PresetName } from './index.ts';

const PRESETS: readonly PresetName[] = ['recommended', 'hadolint', 'buildkit'];
/** Text that some rule has something to say about. */
const said = rules.flatMap(({ examples }) => examples.map(({ text }) => text.replace(/[«»]/g, '')));
const PIECES = [
  '\\\n',
  '"',
  "'",
  '`',
  '$',
  '${',
  '$(',
  '<<EOF',
  '\0',
  '\r\n',
  '\t',
  '\uFEFF',
  '\uDC80',
  '[',
  ']',
  '&&',
  '|',
  '# ',
  '=',
  ' ',
  'é',
];

/** A text that a rule knows, cut somewhere and with something foreign in it. */
const broken = fc
  .tuple(
    fc.oneof(fc.constantFrom(...said), fc.constantFrom(...directedDockerfiles), lintableDockerfile, anyDockerfile),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(8), fc.constantFrom(...PIECES)), { maxLength: 5 }),
  )
  .map(([text, cuts]) =>
    cuts.reduce((now, [where, length, piece]) => {
      const at = Math.floor(where * now.length);
      return now.slice(0, at) + piece + now.slice(at + length);
    }, text),
  );

test('any text is judged: no rule fails, and every finding lies in the text', () => {
  let findings = 0;
  fc.assert(
    fc.property(broken, fc.constantFrom(...PRESETS), (text, preset) => {
      const judged = lint(text, { preset });
      findings += judged.findings.length;
      for (const { report, range } of judged.findings) {
        expect(report.span.start).toBeGreaterThanOrEqual(0);
        expect(report.span.end).toBeLessThanOrEqual(text.length);
        expect(range.start.line).toBeGreaterThan(0);
      }
      shellScripts(judged.file);
    }),
    { numRuns: 1000, seed: 4 },
  );
  expect(findings).toBeGreaterThan(500);
});

test('what `recommended` mends is taken by BuildKit as before, and is not mended again', () => {
  let mended = 0;
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...said), lintableDockerfile), fc.boolean(), (text, unsafe) => {
      const once = fix(text, { unsafe });
      mended += once.fixed.length;
      expect(evaluate(parse(once.text)).problems.length).toBeLessThanOrEqual(evaluate(parse(text)).problems.length);
      expect(fix(once.text, { unsafe }).text).toBe(once.text);
    }),
    { numRuns: 400, seed: 5 },
  );
  expect(mended).toBeGreaterThan(10);
});
