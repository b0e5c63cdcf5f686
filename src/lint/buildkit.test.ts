import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askBuildkit, buildkitFixtures, whyNoBuildkit, type Answer } from '../dockerfile/buildkit.testing.ts';
import { anyDockerfile, buildableDockerfile, directedDockerfiles } from '../dockerfile/dockerfiles.testing.ts';
import { decodeText } from '../dockerfile/index.ts';
import { lint, rules } from './index.ts';

/** Findings as lines of text: rule and first line, each once. */
const ours = (text: string, base?: string, ignore?: string): readonly string[] =>
  [
    ...new Set(
      lint(text, { preset: 'buildkit', platformOf: () => base, ignore }).findings.map(
        ({ rule, range }) => `${rule.aliases[0]} ${range.start.line}`,
      ),
    ),
  ].toSorted();
const theirs = ({ warnings = [] }: Answer): readonly string[] =>
  [...new Set(warnings.map(({ rule, lines }) => `${rule} ${lines[0] ?? 0}`))].toSorted();

function difference(text: string, answer: Answer, base?: string, ignore?: string): string[] {
  expect(answer.panic).toBeUndefined();
  const [a, b] = [ours(text, base, ignore), theirs(answer)];
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [JSON.stringify({ text, ignore, ours: a, theirs: b, error: answer.buildError })];
}

describe.skipIf(whyNoBuildkit !== undefined)('the preset `buildkit` finds what BuildKit finds', () => {
  test('in its own fixtures', () => {
    const texts = buildkitFixtures().map((fixture) => decodeText(fixture.bytes));
    expect(askBuildkit(texts).flatMap((answer, i) => difference(texts[i] ?? '', answer))).toEqual([]);
  });

  test('in generated files, with each rule many times', () => {
    const seed = Number(process.env['PLIMSOLL_SEED'] ?? 8);
    const numRuns = Number(process.env['PLIMSOLL_FILES'] ?? 2000);
    // Go's strings.ToUpper changes bytes that are no UTF-8, so BuildKit takes them for lower case (docs/conformance.md).
    const any = fc.sample(anyDockerfile, { numRuns, seed }).filter((text) => !/\p{Surrogate}/u.test(text));
    const texts = [...directedDockerfiles, ...any, ...fc.sample(buildableDockerfile, { numRuns: numRuns * 2, seed })];
    const answers = askBuildkit(texts);
    const differing = answers.flatMap((answer, i) => difference(texts[i] ?? '', answer));
    expect(differing.toSorted((a, b) => a.length - b.length).slice(0, 8)).toEqual([]);
    const count = (name: string): number => answers.filter(({ warnings = [] }) => warnings.some((w) => w.rule === name)).length;
    // These two need a .dockerignore and a registry: the tests below.
    const asked = rules.filter(
      (rule) => rule.presets.includes('buildkit') && rule.id !== 'copy-ignored-file' && rule.id !== 'invalid-base-image-platform',
    );
    expect(asked.filter((rule) => count(rule.aliases[0] ?? '') < 10).map((rule) => rule.id)).toEqual([]);
  });

  test.each(['a\nb*\n', '*\n', '**/c\n/x/\n', '.\n', 'a/b\n!a/b/c\n', '# a\n\n ./b/../a \n?\n'])('with .dockerignore %j', (ignore) => {
    const words = fc.oneof(
      fc.constantFrom('a', 'b', './a', '/a', 'a/b', 'a/b/c', '.', './', '../a', 'x/', 'x/y', '*', '"a"', '$A', 'b/c', 'http://h/a', 'é'),
      fc.stringMatching(/^[a-cx./*?]{1,6}$/),
    );
    const copy = fc
      .tuple(
        fc.constantFrom('COPY', 'ADD', 'COPY --from=s', 'COPY --chown=1', 'ONBUILD COPY'),
        fc.array(words, { minLength: 1, maxLength: 3 }),
      )
      .map(([name, sources]) => `${name} ${sources.join(' ')} /srv/`);
    const dockerfile = fc
      .array(copy, { minLength: 1, maxLength: 4 })
      .map((lines) => `FROM alpine AS s\nARG A=a\n${lines.join('\n')}\nFROM s\nARG A=b\n${lines.join('\n')}\n`);
    const texts = fc.sample(dockerfile, { numRuns: 300, seed: 11 });
    const answers = askBuildkit(texts, { ignore });
    expect(answers.flatMap((answer, i) => difference(texts[i] ?? '', answer, undefined, ignore)).slice(0, 5)).toEqual([]);
    const found = answers.filter(({ warnings = [] }) => warnings.some((w) => w.rule === 'CopyIgnoredFile')).length;
    if (!ignore.includes('!')) expect(found).toBeGreaterThan(20);
    else expect(found).toBe(0);
  });

  test('with base images of another platform', () => {
    const texts = fc.sample(buildableDockerfile, { numRuns: 1000, seed: 9 });
    // Where a name is wrong too, BuildKit looks at images in no order.
    const answers = askBuildkit(texts, { base: 'linux/arm64' }).map((answer, i) => [texts[i] ?? '', answer] as const);
    const built = answers.filter(
      ([, { buildError }]) => buildError === undefined || !/failed to parse stage name/.test(buildError.message),
    );
    expect(built.flatMap(([text, answer]) => difference(text, answer, 'linux/arm64')).slice(0, 5)).toEqual([]);
    expect(built.filter(([, { warnings = [] }]) => warnings.some((w) => w.rule === 'InvalidBaseImagePlatform')).length).toBeGreaterThan(
      100,
    );
  });
});
