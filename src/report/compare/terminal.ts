import { writable } from '../markup.ts';
import type { ReportStyle } from '../plan-report.ts';
import { listsOf } from './lists.ts';
import { compareRows } from './rows.ts';
import type { Comparison } from './types.ts';
import { isSame, sentence } from './verdict.ts';

/** Lines that are shown of each list; all of them are in the JSON and in the page. */
const SHOWN = 10;

/** For a terminal: the table, what differs, and what got worse last, where it is seen. */
export function compareLines(comparison: Comparison, style: ReportStyle): string[] {
  const { paint } = style;
  const { regressions } = comparison;
  const verdict = sentence(comparison);
  return [
    ...table(comparison, style),
    ...listsOf(comparison).flatMap(({ title, lines }) => [
      '',
      paint.bold(title),
      ...lines.slice(0, SHOWN).map((each) => `  ${oneLine(each)}`),
      ...(lines.length > SHOWN ? [`  … and ${lines.length - SHOWN} more`] : []),
    ]),
    '',
    regressions.length > 0 ? paint.red(`${verdict}:`) : isSame(comparison) ? verdict : paint.green(verdict),
    ...regressions.map(({ what, says }) => `  ${paint.red('✗')} ${what}: ${oneLine(says)}`),
  ];
}

function table(comparison: Comparison, { paint, width }: ReportStyle): string[] {
  const rows = compareRows(comparison);
  const worse = new Set(comparison.regressions.map(({ what }) => what));
  const label = Math.max(...rows.map((row) => row.what.length));
  const cell = Math.max(12, Math.floor((width - label - 16) / 2));
  const line = (what: string, before: string, after: string, change: string): string =>
    `${worse.has(what) ? paint.red('✗') : ' '} ${what.padEnd(label)}  ${short(before, cell).padEnd(cell)}  ${short(after, cell).padEnd(cell)}  ${paint.dim(change)}`.trimEnd();
  return [paint.bold(line('', 'before', 'after', '')), ...rows.map((row) => line(row.what, row.before, row.after, row.change))];
}

/** Names of files are the image's choice: they may hold a terminal's commands. */
const oneLine = (text: string): string => writable(text).replaceAll('\n', String.raw`\n`);

const short = (text: string, length: number): string => cut(oneLine(text), length);
const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
