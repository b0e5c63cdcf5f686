// Parsing, side by side with BuildKit's own parser: all files of a folder, each in one process, several times over.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';

setUp();
const [folder = join(root, 'node_modules/.cache/plimsoll/corpus')] = process.argv.slice(2);
const under = (path) => (statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => under(join(path, name))) : [path]);
const paths = under(folder).filter((path) => /(docker|container)file/i.test(path.split('/').at(-1)));
const { decodeText, parse } = await import(join(root, 'dist/dockerfile.js'));
const texts = paths.map((path) => decodeText(readFileSync(path)));

/** Milliseconds of one round; the fastest of many: this is the time that the work takes when nothing disturbs it. */
const ROUNDS = 30;
const ours = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const begin = performance.now();
  for (const text of texts) parse(text);
  ours.push(performance.now() - begin);
}
const go = execFileSync('go', ['run', '.', String(ROUNDS)], {
  cwd: join(root, 'conformance/parse-time'),
  input: JSON.stringify(texts.map((text) => Buffer.from(text).toString('base64'))),
  maxBuffer: 1 << 28,
  encoding: 'utf8',
});
const theirs = JSON.parse(go);
const figures = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  return `${sorted[0].toFixed(1)} ms fastest, ${sorted[Math.floor(sorted.length / 2)].toFixed(1)} ms median, ${times[0].toFixed(1)} ms first`;
};
console.log(`${paths.length} files, ${ROUNDS} rounds in one process`);
console.log(`Plimsoll  ${figures(ours)}`);
console.log(`BuildKit  ${figures(theirs)}`);
console.log(`ratio of the fastest: ${(Math.min(...ours) / Math.min(...theirs)).toFixed(2)}`);
