// Parsing, side by side with BuildKit's own parser: the Dockerfiles of bench/corpus.mjs, each side in one process, many times over.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from '../scripts/setup.mjs';
import { corpus } from './corpus.mjs';

setUp();
const { decodeText, parse } = await import(join(root, 'dist/dockerfile.js'));
const files = corpus().flatMap((source) => source.files.map(({ base64 }) => base64));
const texts = files.map((base64) => decodeText(Buffer.from(base64, 'base64')));

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
  input: JSON.stringify(files),
  maxBuffer: 1 << 28,
  encoding: 'utf8',
});
const theirs = JSON.parse(go);
const figures = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  return `${sorted[0].toFixed(1)} ms fastest, ${sorted[Math.floor(sorted.length / 2)].toFixed(1)} ms median, ${times[0].toFixed(1)} ms first`;
};
console.log(`${files.length} files, ${ROUNDS} rounds in one process`);
console.log(`Plimsoll  ${figures(ours)}`);
console.log(`BuildKit  ${figures(theirs)}`);
console.log(`ratio of the fastest: ${(Math.min(...ours) / Math.min(...theirs)).toFixed(2)}`);
