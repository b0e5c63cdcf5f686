import type { FolderChange, ImageSummary, PackageChange } from '../image/index.ts';
import type { GateResult } from '../prove/index.ts';
import type { ReportStyle } from './plan-report.ts';
import { figure } from './proof/words.ts';
import { formatBytes, formatMs } from './units.ts';

/** One of the two that are compared. */
export interface Side {
  /** As it was named. */
  readonly ref: string;
  readonly image: ImageSummary;
  /** Findings of the linter in the Dockerfile that was named for it. */
  readonly findings?: number;
  /** What its build took then, in milliseconds, by its own account. */
  readonly builtMs?: number;
  /** Where a service was named: what was measured of it. */
  readonly gates?: readonly GateResult[];
}

export interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly folders: readonly FolderChange[];
  readonly packages: readonly PackageChange[];
}

/** A line of the table; `change` where a figure can say it. */
export interface CompareRow {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
}

/** The table of before and after, in the words of the documents that ask for one. */
export function compareRows({ before, after }: Comparison): readonly CompareRow[] {
  const words = (what: string, of: (side: Side) => string): CompareRow => {
    const row = { what, before: of(before), after: of(after) };
    return { ...row, change: row.before === row.after ? 'same' : '' };
  };
  const number = (what: string, of: (side: Side) => number, format: (value: number) => string = String): CompareRow => ({
    what,
    before: format(of(before)),
    after: format(of(after)),
    change: changeOf(of(before), of(after)),
  });
  const kinds = ['debian', 'alpine', 'rpm', 'python', 'npm'].filter((kind) => [before, after].some((side) => packagesOf(side, kind) > 0));
  return [
    number('unpacked', ({ image }) => image.size.uncompressed, formatBytes),
    number('to pull', ({ image }) => image.size.compressed, formatBytes),
    number('hidden by later layers', ({ image }) => image.size.hidden, formatBytes),
    number('layers', ({ image }) => image.layers),
    number('files', ({ image }) => image.files),
    ...kinds.map((kind) => number(`packages (${kind})`, (side) => packagesOf(side, kind))),
    words('user', ({ image }) => (image.user === '' ? 'root' : image.user)),
    words('entrypoint', ({ image }) => commandOf(image.entrypoint)),
    words('command', ({ image }) => commandOf(image.command)),
    words('health check', ({ image }) => commandOf(image.healthCheck)),
    words('shells', ({ image }) => listOf(image.tools.shells)),
    words('package managers', ({ image }) => listOf(image.tools.packageManagers)),
    words('compilers', ({ image }) => listOf(image.tools.compilers)),
    number('setuid and setgid files', ({ image }) => image.setuid.length),
    ...(before.findings === undefined || after.findings === undefined
      ? []
      : [number('findings in the Dockerfile', ({ findings }) => findings ?? 0)]),
    ...both('built in', before.builtMs, after.builtMs),
    ...both('ready after', readyMs(before), readyMs(after)),
    ...(before.gates === undefined || after.gates === undefined ? [] : gateRows(before.gates, after.gates)),
  ];
}

/** A row of times where both are known. */
const both = (what: string, before: number | undefined, after: number | undefined): readonly CompareRow[] =>
  before === undefined || after === undefined
    ? []
    : [{ what, before: formatMs(before), after: formatMs(after), change: changeOf(before, after) }];

/** Where it became ready in time; else what was measured is how long was waited. */
function readyMs({ gates }: Side): number | undefined {
  const outcome = gates?.find(({ id }) => id === 'ready-in-time')?.outcome;
  return outcome?.outcome === 'passed' ? outcome.measured?.value : undefined;
}

const packagesOf = ({ image }: Side, kind: string): number =>
  [...image.packages.keys()].filter((name) => name.startsWith(`${kind} `)).length;

const commandOf = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(' '));

/** By name: where they lie says little, and `/bin` is often a link. */
function listOf(paths: readonly string[]): string {
  const names = [...new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1)))].toSorted();
  return names.length === 0 ? 'none' : names.join(', ');
}

function changeOf(before: number, after: number): string {
  if (before === after) return 'same';
  if (before === 0) return '';
  const share = Math.round((100 * (after - before)) / before);
  return share === 0 ? '' : `${share > 0 ? '+' : '−'}${Math.abs(share)} %`;
}

function gateRows(before: readonly GateResult[], after: readonly GateResult[]): CompareRow[] {
  return before.flatMap((old) => {
    const fresh = after.find(({ id }) => id === old.id);
    if (fresh === undefined) return [];
    const [a, b] = [said(old), said(fresh)];
    return [{ what: `check ${old.id}`, before: a, after: b, change: a === b ? 'same' : '' }];
  });
}

const said = (gate: GateResult): string => [gate.outcome.outcome, figure(gate).replace(/ \(limit .*/, '')].filter(Boolean).join(', ');

/** Rows that are shown of folders and packages; all of them are in the JSON. */
const SHOWN = 10;

/** For a terminal. */
export function compareLines(comparison: Comparison, { paint, width }: ReportStyle): string[] {
  const rows = compareRows(comparison);
  const label = Math.max(...rows.map((row) => row.what.length));
  const cell = Math.max(12, Math.floor((width - label - 14) / 2));
  const line = (what: string, before: string, after: string, change: string): string =>
    `  ${what.padEnd(label)}  ${short(before, cell).padEnd(cell)}  ${short(after, cell).padEnd(cell)}  ${paint.dim(change)}`.trimEnd();
  return [
    paint.bold(line('', 'before', 'after', '')),
    ...rows.map((row) => line(row.what, row.before, row.after, row.change)),
    ...section('Folders that changed most', comparison.folders.map(folderLine), paint.bold),
    ...section('Packages', comparison.packages.map(packageLine), paint.bold),
  ];
}

const section = (title: string, lines: readonly string[], bold: (text: string) => string): string[] =>
  lines.length === 0
    ? []
    : [
        '',
        bold(title),
        ...lines.slice(0, SHOWN).map((each) => `  ${each}`),
        ...(lines.length > SHOWN ? [`  … and ${lines.length - SHOWN} more`] : []),
      ];

const short = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

const folderLine = ({ folder, before, after }: FolderChange): string =>
  `${after > before ? '+' : '−'}${formatBytes(Math.abs(after - before)).padStart(9)}  ${folder}`;

const packageLine = ({ name, before, after }: PackageChange): string =>
  before === undefined ? `+ ${name} ${after}` : after === undefined ? `− ${name} ${before}` : `~ ${name} ${before} → ${after}`;

/** As a pull request wants it. */
export function compareMarkdown(comparison: Comparison): string {
  const escaped = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');
  const table = [
    '| | before | after | |',
    '| --- | --- | --- | --- |',
    ...compareRows(comparison).map((row) => `| ${[row.what, row.before, row.after, row.change].map(escaped).join(' | ')} |`),
  ];
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', `<details><summary>${title}</summary>`, '', '```', ...lines, '```', '', '</details>'];
  return [
    ...table,
    ...list('Folders that changed most', comparison.folders.slice(0, SHOWN).map(folderLine)),
    ...list('Packages', comparison.packages.map(packageLine)),
    '',
  ].join('\n');
}
