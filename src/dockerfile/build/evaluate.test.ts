import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askBuildkit, buildkitFixtures, whyNoBuildkit, type Answer } from '../buildkit.testing.ts';
import { anyDockerfile, buildableDockerfile, directedDockerfiles } from '../dockerfiles.testing.ts';
import { decodeText, evaluate, parse, type Problem } from '../index.ts';

/** Which of our problems an error of BuildKit's is. */
const kinds: readonly (readonly [RegExp, RegExp])[] = [
  [/circular dependency/, /^stage-cycle$/],
  [/lint violation/, /^$/],
];

function difference(text: string, theirs: Answer): unknown {
  expect(theirs.panic).toBeUndefined();
  const { problems, phase } = evaluate(parse(text));
  const error = theirs.buildError;
  // A finding that is made an error is the linter's business.
  if (error === undefined || error.message.startsWith('lint violation')) {
    return problems.length === 0 ? undefined : { text, phase, ours: problems.map((p) => [p.code, p.message]), theirs: 'accepted' };
  }
  const expected = kinds.find(([message]) => message.test(error.message))?.[1];
  if (expected !== undefined && problems.some((p) => expected.test(p.code))) return undefined;
  if (problems.some((problem) => sameLines(problem, error.lines))) return undefined;
  return { text, phase, ours: problems.map((p) => [p.code, p.startLine, p.endLine]), theirs: error };
}

function sameLines({ startLine, endLine }: Problem, lines: readonly number[]): boolean {
  if (startLine === 0) return lines.length === 0 || lines[0] === 0;
  return lines[0] === startLine && (lines.at(-1) === endLine || lines.length === 1);
}

describe.skipIf(whyNoBuildkit !== undefined)('what BuildKit refuses is refused, at the same place', () => {
  test('in its own fixtures', () => {
    const texts = buildkitFixtures().map((fixture) => decodeText(fixture.bytes));
    const differing = askBuildkit(texts).flatMap((answer, i) => difference(texts[i] ?? '', answer) ?? []);
    expect(differing.map((d) => JSON.stringify(d))).toEqual([]);
  });

  test('in generated files', () => {
    const seed = Number(process.env['PLIMSOLL_SEED'] ?? 6);
    const numRuns = Number(process.env['PLIMSOLL_FILES'] ?? 2000);
    const texts = [
      ...directedDockerfiles,
      ...fc.sample(anyDockerfile, { numRuns, seed }),
      ...fc.sample(buildableDockerfile, { numRuns, seed }),
    ];
    const answers = askBuildkit(texts);
    const differing = answers.flatMap((answer, i) => difference(texts[i] ?? '', answer) ?? []);
    expect(
      differing
        .map((d) => JSON.stringify(d))
        .toSorted((a, b) => a.length - b.length)
        .slice(0, 12),
    ).toEqual([]);
    expect(answers.filter((answer) => answer.buildError === undefined).length).toBeGreaterThan(texts.length / 8);
  });
});

test('a file without FROM is refused, and as a fragment it is the rest of a stage', () => {
  const file = parse('ARG A=1\nENV B=$A C=$nope\n');
  expect(evaluate(file).problems.map((problem) => problem.code)).toEqual(['no-stage']);
  const { problems, steps } = evaluate(file, { fragment: true });
  expect(problems).toEqual([]);
  expect(steps.flatMap((step) => step.expanded.flatMap((word) => word.undefinedNames))).toEqual(['nope']);
});

test('a name that a build argument will make right is no problem when arguments are taken to be given', () => {
  const codes = (text: string): readonly string[] => evaluate(parse(text), { argumentsGiven: true }).problems.map(({ code }) => code);
  expect(codes('ARG BASE\nFROM ${BASE}\nENV A=1\n')).toEqual([]);
  expect(codes('ARG TAG\nARG P\nFROM --platform=$P node:${TAG}\n')).toEqual([]);
  expect(codes('ARG BASE\nFROM ${BASE:?needed}\n')).toEqual([]);
  expect(codes('FROM node:\n')).toEqual(['bad-image-name']);
  expect(evaluate(parse('ARG BASE\nFROM ${BASE}\n')).problems.map(({ code }) => code)).toEqual(['blank-base']);
});
