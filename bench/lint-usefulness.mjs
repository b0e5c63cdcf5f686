// How useful the findings of `recommended` are on real Dockerfiles (bench/corpus.mjs), from a sample that two language models have read, independently.
//   node bench/lint-usefulness.mjs              the shares, weighted by how often each rule fires
//   node bench/lint-usefulness.mjs draw [COUNT] adds findings to bench/lint-usefulness.json that nobody has read yet
// A reading is `useful` (a careful engineer would change the line), `pedantic` (true, and not worth a change) or `wrong`. Each
// finding is read twice, the second time from the file and the message alone; where the two differ it counts as wrong.
import { readFileSync, writeFileSync } from 'node:fs';
import { corpusFindings, shuffled } from './lint-sample.mjs';

const file = new URL('lint-usefulness.json', import.meta.url);
const SEED = 20261121;
/** Findings of a rule that are read at least, where it has as many. */
const LEAST = 4;
/** Files that are odd on purpose: what parsers, builders and scanners are tested with. */
const FIXTURE = /\/(?:testfiles|testdata|test-fixtures|fixtures)\/|^github\.com\/openshift\/imagebuilder@/;

const nameOf = ({ from, rule, line, column }) => `${from}:${line}:${column} ${rule}`;

/** Findings to read: some of each rule, and the rest in proportion. The same for the same seed. */
function draw(findings, count) {
  const order = shuffled(findings, SEED);
  const taken = new Set();
  const perRule = new Map();
  for (const finding of order) {
    const number = perRule.get(finding.rule) ?? 0;
    if (number < LEAST) taken.add(finding);
    perRule.set(finding.rule, number + 1);
  }
  for (const finding of order) if (taken.size < count) taken.add(finding);
  return [...taken];
}

const findings = (await corpusFindings())
  .filter(({ from }) => !FIXTURE.test(from))
  .map(({ from, rule, message, range }) => ({ from, line: range.start.line, column: range.start.column, rule, message }));
const known = JSON.parse(readFileSync(file, 'utf8'));
const current = new Map(findings.map((finding) => [nameOf(finding), finding]));

if (process.argv[2] === 'draw') {
  const read = new Map(known.map((entry) => [nameOf(entry), entry]));
  // What is found no more is no longer in the sample.
  const sample = draw(findings, Number(process.argv[3] ?? 220)).map((finding) => ({ ...finding, ...readings(read.get(nameOf(finding))) }));
  sample.sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : nameOf(a) < nameOf(b) ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(sample, undefined, 2)}\n`);
  console.log(`${sample.length} findings in the sample, ${sample.filter((entry) => entry.first === undefined).length} not read`);
} else report();

function readings(entry) {
  if (entry === undefined) return {};
  const { first, reason, second, secondReason, unseen } = entry;
  return { first, reason, second, secondReason, unseen };
}

function report() {
  const fired = new Map();
  for (const { rule } of findings) fired.set(rule, (fired.get(rule) ?? 0) + 1);
  const rules = new Map();
  let stale = 0;
  let unread = 0;
  for (const entry of known) {
    if (!current.has(nameOf(entry))) stale += 1;
    else if (entry.first === undefined || entry.second === undefined) unread += 1;
    else rules.set(entry.rule, [...(rules.get(entry.rule) ?? []), entry.first === entry.second ? entry.first : 'wrong']);
  }
  const shares = { useful: 0, pedantic: 0, wrong: 0 };
  let weight = 0;
  console.log('fires  read  useful  pedantic  wrong  rule');
  for (const [rule, labels] of [...rules].toSorted((a, b) => (fired.get(b[0]) ?? 0) - (fired.get(a[0]) ?? 0))) {
    const count = (label) => labels.filter((other) => other === label).length;
    const times = fired.get(rule) ?? 0;
    weight += times;
    for (const label of Object.keys(shares)) shares[label] += (times * count(label)) / labels.length;
    const cells = [times, labels.length, count('useful'), count('pedantic'), count('wrong')];
    console.log(`${cells.map((cell, i) => String(cell).padStart([5, 6, 8, 10, 7][i])).join('')}  ${rule}`);
  }
  const percent = (value) => `${((100 * value) / weight).toFixed(1)} %`;
  const notRead = [...fired].filter(([rule]) => !rules.has(rule)).map(([rule]) => rule);
  console.log(`\n${findings.length} findings in ${new Set(findings.map(({ from }) => from)).size} files with any; weighted by rule:`);
  console.log(`useful ${percent(shares.useful)}, pedantic ${percent(shares.pedantic)}, wrong ${percent(shares.wrong)}`);
  console.log(
    `agreed ${known.filter((e) => current.has(nameOf(e)) && e.first !== undefined && e.first === e.second).length} of ${known.length - stale - unread} readings`,
  );
  const unseen = known.filter((entry) => entry.unseen);
  const useful = unseen.filter(({ first }) => first === 'useful').length;
  console.log(
    `in files that no rule had been made with: ${useful} of ${unseen.length} useful to the first reader, some of them found no more`,
  );
  if (stale + unread + notRead.length > 0)
    console.log(`found no more: ${stale}; not read: ${unread}; rules without a reading: ${notRead.join(', ') || 'none'}`);
}
