import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintableDockerfile } from './hadolint-dockerfiles.testing.ts';
import { changed, NEAR_MISSES, variantsOf, type NearMisses } from './hadolint-near-misses.testing.ts';
import { askHadolint, differences, whyNoHadolint, type Answer } from './hadolint.testing.ts';
import { readHadolintConfig, rules } from './index.ts';

if (whyNoHadolint !== undefined) console.warn(`not compared with hadolint: ${whyNoHadolint}`);

/** Every setting but those about output. */
const CONFIG = `
override:
  info: [DL1001]
  error: [DL3059]
  style: [DL3057, DL3008]
ignored: [DL3003]
trustedRegistries: [docker.io, "*.example.org"]
strict-labels: true
label-schema: { team: text, url: url, time: rfc3339, license: spdx, commit: hash, version: semver, mail: email }
`;
const NEEDS_CONFIG = new Set('DL1001 DL3026 DL3049 DL3050 DL3051 DL3052 DL3053 DL3054 DL3055 DL3056 DL3057 DL3058'.split(' '));

describe.skipIf(whyNoHadolint !== undefined)('the preset `hadolint` finds what hadolint finds', () => {
  const seed = Number(process.env['PLIMSOLL_SEED'] ?? 8);
  const numRuns = Number(process.env['PLIMSOLL_FILES'] ?? 500);
  const codes = rules.filter((rule) => rule.presets.includes('hadolint')).map((rule) => rule.aliases[0] ?? '');

  test('in generated files, with each code many times', async () => {
    const answers = fc.sample(lintableDockerfile, { numRuns, seed });
    const asked = await ask(answers);
    expect(differences(asked.texts, asked.answers)).toEqual([]);
    const rare = codes.filter((code) => !NEEDS_CONFIG.has(code) && count(asked.answers, code) < 5);
    expect(rare).toEqual([]);
  });

  test('with a configuration', async () => {
    const { config } = await readHadolintConfig(CONFIG);
    const asked = await ask(fc.sample(lintableDockerfile, { numRuns: Math.ceil(numRuns / 2), seed: seed + 1 }), CONFIG);
    expect(differences(asked.texts, asked.answers, config)).toEqual([]);
    expect([...NEEDS_CONFIG].filter((code) => count(asked.answers, code) < 5)).toEqual([]);
  });

  test('where comments count for nothing', async () => {
    const text = 'disable-ignore-pragma: true\n';
    const { config } = await readHadolintConfig(text);
    const asked = await ask(fc.sample(lintableDockerfile, { numRuns: 100, seed: seed + 2 }), text);
    expect(differences(asked.texts, asked.answers, config)).toEqual([]);
  });

  test('where each code occurs, and in near misses', async () => {
    const byConfig = new Map(NEAR_MISSES.map(({ config }) => [config, NEAR_MISSES.filter((entry) => entry.config === config)]));
    const seen: Judged[] = [];
    for (const [text, entries] of byConfig) {
      const cases = entries.flatMap(casesOf);
      const texts = cases.map((each) => each.text);
      const answers = await askHadolint(texts, text);
      const { config } = await readHadolintConfig(text);
      expect(differences(texts, answers, config)).toEqual([]);
      seen.push(...cases.map((each, i) => ({ ...each, answer: answers[i] ?? { refused: 'not asked', findings: [] } })));
    }
    // The real program decides what a hit is and what a miss.
    const isHit = ({ code, answer }: Judged): boolean => answer.findings.some((finding) => finding.code === code);
    expect(seen.filter((each) => each.answer.refused !== undefined || isHit(each) !== each.hits)).toEqual([]);
    const distinct = (code: string, hits: boolean): number =>
      new Set(seen.filter((each) => each.code === code && each.hits === hits).map((each) => each.text)).size;
    expect(codes.filter((code) => distinct(code, true) < 5 || distinct(code, false) < 5)).toEqual([]);
  });

  test('in these with a character or a word changed', async () => {
    const texts = NEAR_MISSES.flatMap(casesOf).map(({ text }) => text);
    const asked = await ask(fc.sample(changed(texts), { numRuns: Math.ceil(numRuns / 2), seed: seed + 3 }));
    expect(differences(asked.texts, asked.answers)).toEqual([]);
  });

  test('a near miss differs in one place, by at most 20 characters', () => {
    expect(NEAR_MISSES.flatMap(casesOf).filter(({ at }) => at.length > 20)).toEqual([]);
  });

  test('knows each of its codes', () => {
    expect(new Set(codes).size).toBe(71);
    expect(codes.every((code) => /^DL\d{4}$/.test(code))).toBe(true);
  });
});

interface Case {
  readonly code: string;
  readonly text: string;
  /** What stands at the place where hits and misses differ. */
  readonly at: string;
  /** Whether hadolint should find the code. */
  readonly hits: boolean;
}
type Judged = Case & { readonly answer: Answer };

const casesOf = ({ code, patterns }: NearMisses): readonly Case[] =>
  patterns
    .map(variantsOf)
    .flatMap(({ hits, misses }) => [
      ...hits.map((variant) => ({ ...variant, code, hits: true })),
      ...misses.map((variant) => ({ ...variant, code, hits: false })),
    ]);

/** The files that hadolint can read. */
async function ask(
  all: readonly string[],
  config?: string,
): Promise<{ readonly texts: readonly string[]; readonly answers: readonly Answer[] }> {
  const answers = await askHadolint(all, config);
  const read = answers.map((answer, i) => ({ answer, text: all[i] ?? '' })).filter(({ answer }) => answer.refused === undefined);
  // A grammar that mostly writes what hadolint refuses would compare nothing.
  expect(read.length).toBeGreaterThan(all.length / 2);
  return { texts: read.map(({ text }) => text), answers: read.map(({ answer }) => answer) };
}

const count = (answers: readonly Answer[], code: string): number =>
  answers.filter(({ findings }) => findings.some((finding) => finding.code === code)).length;
