import { describe, expect, test } from 'vitest';
// @ts-expect-error -- a script without types
import { corpus } from '../../bench/corpus.mjs';
import { decodeText } from '../dockerfile/index.ts';
import { askHadolint, differences, whyNoHadolint } from './hadolint.testing.ts';

if (whyNoHadolint !== undefined) console.warn(`not compared with hadolint: ${whyNoHadolint}`);

interface Source {
  readonly module: string;
  readonly files: readonly { readonly from: string; readonly base64: string }[];
}

/** Real Dockerfiles, from packages that are fetched now. */
describe.skipIf(whyNoHadolint !== undefined)('the preset `hadolint` finds what hadolint finds', () => {
  test('in real Dockerfiles', { timeout: 1_800_000 }, async () => {
    const files = (corpus() as readonly Source[]).flatMap((source) => source.files).map(({ base64 }) => Buffer.from(base64, 'base64'));
    const answers = await askHadolint(files);
    const compared = answers.flatMap((answer, i) =>
      answer.refused === undefined ? [{ answer, text: decodeText(files[i] ?? Buffer.alloc(0)) }] : [],
    );
    console.log(
      `${compared.length} files, ${compared.reduce((sum, { answer }) => sum + answer.findings.length, 0)} findings; ` +
        `${files.length - compared.length} files that hadolint refuses`,
    );
    expect(compared.length).toBeGreaterThanOrEqual(400);
    expect(
      differences(
        compared.map(({ text }) => text),
        compared.map(({ answer }) => answer),
      ),
    ).toEqual([]);
  });
});
