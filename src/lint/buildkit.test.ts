import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askBuildkit, buildkitFixtures, whyNoBuildkit, type Answer } from '../dockerfile/buildkit.testing.ts';
import { anyDockerfile, buildableDockerfile, directedDockerfiles } from '../dockerfile/dockerfiles.testing.ts';
import { decodeText } from '../dockerfile/index.ts';
import { lint, rules } from './index.ts';

/** Findings as lines of text: rule and first line, each once. */
const ours = (text: string, base?: string): readonly string[] =>
  [
    ...new Set(
      lint(text, { preset: 'buildkit', platformOf: () => base }).findings.map(
        ({ rule, range }) => `${rule.aliases[0]} ${range.start.line}`,
      ),
    ),
  ].toSorted();
const theirs = ({ warnings = [] }: Answer): readonly string[] =>
  [...new Set(warnings.map(({ rule, lines }) => `${rule} ${lines[0] ?? 0}`))].toSorted();

function difference(text: string, answer: Answer, base?: string): string[] {
  expect(answer.panic).toBeUndefined();
  const [a, b] = [ours(text, base), theirs(answer)];
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [JSON.stringify({ text, ours: a, theirs: b, error: answer.buildError })];
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
    // These two need a .dockerignore and a registry.
    const asked = rules.filter(
      (rule) => rule.presets.includes('buildkit') && rule.id !== 'copy-ignored-file' && rule.id !== 'invalid-base-image-platform',
    );
    expect(asked.filter((rule) => count(rule.aliases[0] ?? '') < 10).map((rule) => rule.id)).toEqual([]);
  });

  test('with base images of another platform', () => {
    const texts = fc.sample(buildableDockerfile, { numRuns: 1000, seed: 9 });
    // Where a name is wrong too, BuildKit looks at images in no order.
    const answers = askBuildkit(texts, 'linux/arm64').map((answer, i) => [texts[i] ?? '', answer] as const);
    const built = answers.filter(
      ([, { buildError }]) => buildError === undefined || !/failed to parse stage name/.test(buildError.message),
    );
    expect(built.flatMap(([text, answer]) => difference(text, answer, 'linux/arm64')).slice(0, 5)).toEqual([]);
    expect(built.filter(([, { warnings = [] }]) => warnings.some((w) => w.rule === 'InvalidBaseImagePlatform')).length).toBeGreaterThan(
      100,
    );
  });
});
