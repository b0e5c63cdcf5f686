/** Lines around a change, as diff(1) shows by default. */
const CONTEXT = 3;

interface Line {
  readonly kind: ' ' | '-' | '+';
  readonly text: string;
}

/** The change from one text to another as patch(1) reads it (POSIX diff, `-u`; `-p1`, in `/` for an absolute path); empty when there is none. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const lines = script(split(before), split(after));
  const below = path.replace(/^\//, '');
  const out = [`--- a/${below}`, `+++ b/${below}`];
  for (const [start, end] of hunks(lines)) {
    const old = lines.slice(0, start).filter((line) => line.kind !== '+').length;
    const now = lines.slice(0, start).filter((line) => line.kind !== '-').length;
    const part = lines.slice(start, end);
    const oldCount = part.filter((line) => line.kind !== '+').length;
    const newCount = part.filter((line) => line.kind !== '-').length;
    out.push(`@@ -${oldCount === 0 ? old : old + 1},${oldCount} +${newCount === 0 ? now : now + 1},${newCount} @@`);
    for (const { kind, text } of part) {
      out.push(kind + text.replace(/\n$/, ''));
      if (!text.endsWith('\n')) out.push('\\ No newline at end of file');
    }
  }
  return `${out.join('\n')}\n`;
}

/** Lines with their ends. */
const split = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Edits that lead from one list to the other: what is the same at both ends stays, the longest common part between. */
function script(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ kind: ' ', text }));
  return [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(tail === 0 ? [] : before.slice(-tail)),
  ];
}

/** Above this many cells the table would be too large; then everything old goes before everything new. */
const MAX_CELLS = 4_000_000;

function middle(before: readonly string[], after: readonly string[]): Line[] {
  const removed = before.map((text): Line => ({ kind: '-', text }));
  const added = after.map((text): Line => ({ kind: '+', text }));
  if (before.length * after.length > MAX_CELLS) return [...removed, ...added];
  const common = commonLengths(before, after);
  const out: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      out.push({ kind: ' ', text: before[i] ?? '' });
      [i, j] = [i + 1, j + 1];
    } else if ((common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)) {
      out.push({ kind: '-', text: before[i] ?? '' });
      i += 1;
    } else {
      out.push({ kind: '+', text: after[j] ?? '' });
      j += 1;
    }
  }
  return [...out, ...removed.slice(i), ...added.slice(j)];
}

/** Length of the longest common subsequence of what is left from each pair of places. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const [row, next] = [table[i] as Uint32Array, table[i + 1] as Uint32Array];
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] = before[i] === after[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}

/** Changes with their surroundings; those that touch are one. */
function hunks(lines: readonly Line[]): (readonly [number, number])[] {
  const out: [number, number][] = [];
  for (const [i, line] of lines.entries()) {
    if (line.kind === ' ') continue;
    const [start, end] = [Math.max(0, i - CONTEXT), Math.min(lines.length, i + CONTEXT + 1)];
    const last = out.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else out.push([start, end]);
  }
  return out;
}
