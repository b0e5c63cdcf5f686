import { cite } from '../../base/index.ts';
import type { Decision } from '../../plan/index.ts';
import type { GateResult, SeenRun } from '../../prove/index.ts';
import { writable } from '../markup.ts';
import { whyOf } from '../plan-report.ts';
import { formatBytes, formatMs } from '../units.ts';
import type { ProofFormat, ProofReport } from './types.ts';
import { besideWords, byEnd, counts, figure, OUTCOMES, VERDICTS } from './words.ts';

/** As a pull request wants it: the verdict, what is wrong, a table; the rest is folded. */
export const markdown: ProofFormat = (report) => {
  const { title, decisions, image, proof } = report;
  const failed = proof.gates.filter(({ outcome }) => outcome.outcome === 'failed');
  const blocks = [
    `### ${inline(title)}: ${VERDICTS[proof.verdict]}`,
    [counts(proof.gates), ...(proof.allowed.length > 0 ? [`let through unproven: ${proof.allowed.join(', ')}`] : [])].join('; '),
    `${code(image.digest.slice(0, 19))} ${inline(image.platform)}, ${formatBytes(image.size.uncompressed)} unpacked, ${formatBytes(image.size.compressed)} to pull`,
    gateTable(proof.gates),
    ...failed.map(seenDetails),
    ...(proof.beside ?? []).map((it) => `${code(it.name)} beside it: ${inline(besideWords(it))}`),
    layerDetails(report),
    ...proof.runs.map(runDetails),
    ...(decisions.length === 0 ? [] : [decisionDetails(decisions)]),
  ];
  return `${blocks.join('\n\n')}\n`;
};

/** What is wrong comes first. */
function gateTable(gates: readonly GateResult[]): string {
  const rank = (g: GateResult): number => OUTCOMES.indexOf(g.outcome.outcome);
  const rows = gates
    .toSorted((a, b) => Math.min(rank(a), 2) - Math.min(rank(b), 2))
    .map((g) => {
      const { outcome } = g.outcome;
      const said = outcome === 'failed' || outcome === 'unproven' ? `**${outcome}**` : outcome;
      return row(said + (g.required ? '' : ' (advised)'), code(g.id), inline(figure(g)), words(g));
    });
  return [row('', 'check', 'measured', ''), row('---', '---', '---', '---'), ...rows].join('\n');
}

function words({ outcome }: GateResult): string {
  if (outcome.outcome === 'failed') return inline(`${outcome.why}. Fix: ${outcome.fix}`);
  if (outcome.outcome === 'unproven') return inline(`${outcome.why}. ${outcome.remedy}`);
  return inline(outcome.why ?? '');
}

function seenDetails({ id, outcome }: GateResult): string {
  if (outcome.outcome !== 'failed') return '';
  const evidence = outcome.evidence.map((each) => (each.from === 'run' ? `${each.what}:\n${each.text}` : cite(each)));
  return details(`What was seen of ${code(id)}`, block(evidence.join('\n\n')));
}

function layerDetails({ image }: ProofReport): string {
  const rows = image.layers.map((l) => row(inline(l.name), formatBytes(l.uncompressed), formatBytes(l.compressed)));
  return details('Layers', [row('layer', 'unpacked', 'compressed'), row('---', '---:', '---:'), ...rows].join('\n'));
}

const PURPOSES = { answers: 'The run that was asked', stop: 'The run that was told to stop' } as const;

function runDetails(run: SeenRun): string {
  const { purpose, log } = run;
  const rows = byEnd(run).map(({ what, atMs, says }) => row(formatMs(atMs), what, inline(says)));
  const half = log.leftOut === 0 ? log.lines.length : Math.ceil(log.lines.length / 2);
  const lines = log.lines.map(({ atMs, stream, text }) => `${formatMs(atMs).padStart(7)}  ${stream}  ${text}`);
  const left = log.leftOut === 0 ? [] : [`… ${log.leftOut} more …`];
  return details(
    PURPOSES[purpose],
    [
      [row('after', '', ''), row('---:', '---', '---'), ...rows].join('\n'),
      ...(lines.length === 0 ? [] : [block([...lines.slice(0, half), ...left, ...lines.slice(half)].join('\n'))]),
    ].join('\n\n'),
  );
}

function decisionDetails(decisions: readonly Decision[]): string {
  const rows = decisions.map((d) => row(code(d.id), inline(d.says), d.decidedBy, code(whyOf(d))));
  return details('Decisions', [row('question', 'choice', 'decided by', 'because'), row('---', '---', '---', '---'), ...rows].join('\n'));
}

const details = (summary: string, body: string): string => `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** References stand for their characters wherever Markdown stands, and are never structure (CommonMark, "Entity references"). */
const reference = (char: string): string => `&#${char.codePointAt(0)};`;
const oneLine = (text: string): string => writable(text).replaceAll(/\s+/g, ' ').trim();

/** Source as it stands there. */
const code = (text: string): string => (text === '' ? '' : `<code>${plain(oneLine(text))}</code>`);

/** Text of one line; what stands between two backticks is code, as in all messages. */
const inline = (text: string): string =>
  oneLine(text)
    .split(/`([^`]+)`/)
    .map((part, i) => (i % 2 === 1 ? code(part) : plain(part)))
    .join('');

/** Neither marks nor addresses, of which GitHub makes links. */
const plain = (text: string): string => text.replaceAll(/[&<>|\\*_`[\]~#!@]|:(?=\/\/)|(?<=www)\./gi, reference);

/** A block of code, fenced by more backticks than stand in it. */
function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${writable(text)}\n${fence}`;
}
