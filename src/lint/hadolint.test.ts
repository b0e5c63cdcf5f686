import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintableDockerfile } from './hadolint-dockerfiles.testing.ts';
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

  test('knows each of its codes', () => {
    expect(new Set(codes).size).toBe(71);
    expect(codes.every((code) => /^DL\d{4}$/.test(code))).toBe(true);
  });
});

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
