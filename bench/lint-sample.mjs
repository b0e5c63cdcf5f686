// What a rule says of real Dockerfiles (bench/corpus.mjs, the wide one), to be read by people.
//   node bench/lint-sample.mjs                     how often each rule of `recommended` fires, and in how many files
//   node bench/lint-sample.mjs RULE [COUNT] [SEED] some of its findings, drawn by the seed, with the lines around
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { root } from '../scripts/setup.mjs';
import { wideCorpus } from './corpus.mjs';

/** Where a file lies in its repository, without the module that it comes from. */
const inRepository = (from) => from.replace(/^[^@]*@[^/]*\//, '');

/** The linter as it stands in the source, as a module. */
async function linter() {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sample-'));
  try {
    const file = join(folder, 'lint.mjs');
    await build({ input: join(root, 'src/lint/index.ts'), output: { file, codeSplitting: false }, platform: 'node', logLevel: 'silent' });
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Findings of `recommended` in the corpus, of one rule where one is named. */
export async function corpusFindings(rule) {
  const { lint } = await linter();
  return wideCorpus()
    .flatMap((source) => source.files)
    .flatMap(({ from, base64 }) => {
      const text = Buffer.from(base64, 'base64').toString('utf8');
      const { findings } = lint(text, { path: inRepository(from), ...(rule === undefined ? {} : { only: [rule] }) });
      return findings.map((finding) => ({ from, text, rule: finding.rule.id, message: finding.message, range: finding.range }));
    });
}

/** The same order for the same seed (mulberry32). */
export function shuffled(items, seed) {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function print({ from, text, rule, message, range }) {
  const lines = text.split('\n');
  const [first, last] = [Math.max(1, range.start.line - 3), Math.min(lines.length, range.end.line + 2)];
  console.log(`\n${from}:${range.start.line}  ${rule}: ${message}`);
  for (let line = first; line <= last; line += 1) {
    const mark = line >= range.start.line && line <= range.end.line ? '>' : ' ';
    console.log(`${mark}${String(line).padStart(5)} ${lines[line - 1]?.slice(0, 200)}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [rule, count = '20', seed = '1'] = process.argv.slice(2);
  const findings = await corpusFindings(rule);
  if (rule === undefined) {
    const byRule = new Map();
    for (const finding of findings) byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
    for (const [id, list] of [...byRule].toSorted((a, b) => b[1].length - a[1].length)) {
      console.log(`${String(list.length).padStart(6)} in ${String(new Set(list.map(({ from }) => from)).size).padStart(4)} files  ${id}`);
    }
  } else for (const finding of shuffled(findings, Number(seed)).slice(0, Number(count))) print(finding);
  console.log(`\n${findings.length} findings in ${new Set(findings.map(({ from }) => from)).size} files`);
}
