import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildableDockerfile, directedDockerfiles } from '../dockerfile/dockerfiles.testing.ts';
import { parse } from '../dockerfile/index.ts';
import { lintableDockerfile } from './hadolint-dockerfiles.testing.ts';
import { rules } from './index.ts';
import { subjectOf } from './subject.ts';

const selective = rules.filter((rule) => rule.mentions !== undefined);

/** What the rules find in a file that, by their own word, holds nothing for them. */
function missed(text: string): readonly string[] {
  const subject = subjectOf(parse(text));
  return selective
    .filter((rule) => rule.mentions?.test(subject.said) === false && [...rule.detect(subject)].length > 0)
    .map(({ id }) => id);
}

describe('a rule has nothing to say of a file that mentions nothing of it', () => {
  test('in the examples of all rules', () => {
    const texts = rules.flatMap(({ examples }) => examples.map(({ text }) => text.replaceAll(/[«»]/g, '')));
    expect(texts.flatMap(missed)).toEqual([]);
  });

  test('in files for each branch of BuildKit', () => {
    expect(directedDockerfiles.flatMap(missed)).toEqual([]);
  });

  test('in generated files', () => {
    const files = fc.sample(fc.oneof(buildableDockerfile, lintableDockerfile), { numRuns: 3000, seed: 20261201 });
    expect(files.flatMap(missed)).toEqual([]);
  });
});
