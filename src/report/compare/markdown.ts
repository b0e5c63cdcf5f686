import { listsOf } from './lists.ts';
import { compareRows } from './rows.ts';
import type { Comparison } from './types.ts';
import { sentence } from './verdict.ts';

/** Lines of a list at most: a comment on a pull request holds 65,536 characters. */
const SHOWN = 200;

/** As a pull request wants it. */
export function compareMarkdown(comparison: Comparison): string {
  const { regressions } = comparison;
  const worse = new Set(regressions.map(({ what }) => what));
  return [
    `**${sentence(comparison)}**`,
    ...regressions.map(({ what, says }) => `- ❌ ${cell(what)}: ${cell(says)}`),
    '',
    '| | before | after | |',
    '| --- | --- | --- | --- |',
    ...compareRows(comparison).map(
      ({ what, before, after, change }) =>
        `| ${[what, before, after, worse.has(what) ? `❌ ${change}`.trim() : change].map(cell).join(' | ')} |`,
    ),
    ...listsOf(comparison).flatMap(({ title, lines }) => folded(title, lines)),
    '',
  ].join('\n');
}

const cell = (text: string): string =>
  text
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('<', '&lt;');

function folded(title: string, lines: readonly string[]): string[] {
  const more = lines.length > SHOWN ? [`… and ${lines.length - SHOWN} more`] : [];
  const shown = [...lines.slice(0, SHOWN), ...more].map((line) => line.replaceAll('\n', String.raw`\n`));
  // A fence longer than any in the text.
  const fence = '`'.repeat(Math.max(3, ...shown.map((line) => (/`+/.exec(line)?.[0].length ?? 0) + 1)));
  return ['', `<details><summary>${title}</summary>`, '', fence, ...shown, fence, '', '</details>'];
}
