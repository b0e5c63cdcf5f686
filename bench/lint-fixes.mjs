// What `--fix` mends of what hadolint finds: the Dockerfiles of bench/corpus.mjs, preset `hadolint`.
//   node bench/lint-fixes.mjs            one line per code, the shares, and what is left after fixing
//   node bench/lint-fixes.mjs --online   the same, with versions that package managers are asked for
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root, setUp } from '../scripts/setup.mjs';
import { corpus } from './corpus.mjs';

/** Codes whose mending takes data that nobody here can reach, and why. */
const UNREACHABLE = new Map([
  ['DL3018', 'versions of Alpine packages: the indexes of the distribution'],
  ['DL3033', 'versions of RPM packages (yum): the repositories of the distribution'],
  ['DL3037', 'versions of RPM packages (zypper): the repositories of the distribution'],
  ['DL3041', 'versions of RPM packages (dnf): the repositories of the distribution'],
]);
const PRESET = { preset: 'hadolint' };

setUp();
const { lint, fix, isUnsafe, versionsWanted, keyOfPackage, lookUpVersions, evaluate, parse, decodeText, pinVersions } = await linter();
const files = corpus().flatMap((source) => source.files);
const texts = files.map(({ base64 }) => decodeText(Buffer.from(base64, 'base64')));
const versionOf = process.argv.includes('--online') ? await lookUp() : () => undefined;
const UNSAFE = { ...PRESET, unsafe: true, versionOf };
const results = texts.map(mend);
printCodes(results.flatMap(({ before }) => before));
printShares(results.flatMap(({ before }) => before));
printOutcome(results);

/** The linter from source, so that nothing has to be built before. */
async function linter() {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  try {
    const sources = ['lint/index', 'dockerfile/index', 'lint/versions/index', 'cli/package-versions'];
    const input = Object.fromEntries(sources.map((name) => [name.replaceAll('/', '-'), join(root, `src/${name}.ts`)]));
    const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' });
    await bundle.write({ dir: folder, format: 'esm' });
    const rooms = await Promise.all(Object.keys(input).map((name) => import(join(folder, `${name}.js`))));
    return Object.assign({}, ...rooms);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The newest versions of all packages that a fix could name. */
async function lookUp() {
  const open = texts.flatMap((text) => versionsWanted(text, PRESET).packages);
  const packages = new Map(open.map((wanted) => [keyOfPackage(wanted), wanted]));
  const { versionOf: answer, notes } = await lookUpVersions([...packages.values()], [], { progress: () => {} });
  for (const note of notes) console.log(note);
  return answer;
}

function mend(text, i) {
  const { file, findings } = lint(text, PRESET);
  const before = findings.map((finding) => {
    const named = finding.fix ?? pinVersions(file, finding.rule, finding.report, versionOf);
    return { ...finding, fix: named, code: finding.rule.aliases[0] };
  });
  const once = fix(text, UNSAFE);
  const after = lint(once.text, PRESET).findings.map(({ rule }) => rule.aliases[0]);
  const taken = [text, once.text].map((each) => evaluate(parse(each)).problems.length === 0);
  return { from: files[i].from, before, after, taken, stable: fix(once.text, UNSAFE).text === once.text };
}

function kindOf({ fix: mending, rule }) {
  return mending === undefined ? 'none' : isUnsafe(rule, mending) ? 'unsafe' : 'safe';
}

function printCodes(findings) {
  const left = countBy(results.flatMap(({ after }) => after));
  console.log('code     found   safe unsafe   none   left after --fix --unsafe');
  for (const [code, found] of [...countBy(findings.map((finding) => finding.code))].toSorted((a, b) => b[1] - a[1])) {
    const kinds = countBy(findings.filter((finding) => finding.code === code).map(kindOf));
    const columns = [found, ...['safe', 'unsafe', 'none'].map((kind) => kinds.get(kind) ?? 0), left.get(code) ?? 0];
    console.log(code.padEnd(7) + columns.map((column) => String(column).padStart(7)).join(''));
  }
  for (const code of left.keys()) if (findings.every((finding) => finding.code !== code)) console.log(`${code} is new: ${left.get(code)}`);
}

function printShares(findings) {
  const reachable = findings.filter(({ code }) => !UNREACHABLE.has(code));
  console.log(`\nwith a fix, of all findings: ${share(findings)}`);
  console.log(`without those whose data cannot be reached: ${share(reachable)}`);
  for (const [code, why] of UNREACHABLE) console.log(`  ${code}: ${why}`);
}

function share(findings) {
  const kinds = countBy(findings.map(kindOf));
  const [safe, unsafe] = [kinds.get('safe') ?? 0, kinds.get('unsafe') ?? 0];
  const percent = ((100 * (safe + unsafe)) / findings.length).toFixed(1);
  return `${safe} safe + ${unsafe} unsafe of ${findings.length}: ${percent} %`;
}

function printOutcome(outcomes) {
  const [before, after] = ['before', 'after'].map((when) => outcomes.reduce((sum, outcome) => sum + outcome[when].length, 0));
  const [taken, still] = [0, 1].map((when) => outcomes.filter((outcome) => outcome.taken[when]).length);
  const unstable = outcomes.filter(({ stable }) => !stable);
  const refused = outcomes.filter((outcome) => outcome.taken[0] && !outcome.taken[1]);
  console.log(`\nafter --fix --unsafe: ${before} findings become ${after}, ${((100 * (before - after)) / before).toFixed(1)} % are gone`);
  console.log(`BuildKit takes ${taken} files before, ${still} after; ${unstable.length} change when they are fixed again`);
  for (const { from } of [...unstable, ...refused]) console.log(`  ${from}`);
}

function countBy(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
