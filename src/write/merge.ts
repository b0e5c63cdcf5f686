import { diff3Merge } from 'node-diff3';

/** A text that came out of a merge. */
export interface Merged {
  readonly text: string;
  /** Lines from 1 at which conflicts begin; none: the merge is clean. */
  readonly conflicts: readonly number[];
  /** What to remember: the base of the next merge. */
  readonly base: string;
}

/** The marks of an open conflict, as git writes them: seven characters and a name. */
const OURS = '<<<<<<< yours';
const BETWEEN = '=======';
const THEIRS = '>>>>>>> plimsoll';

/**
 * Merges what a person has (`yours`) with a new generation (`ours`); `base` is what was generated when the person began.
 * Line by line: what only one side changed is taken, what both changed in different ways becomes a conflict with both
 * in it. Line ends are the person's.
 */
export function mergeTexts(base: string, yours: string, ours: string): Merged {
  // Nothing to merge: then not one byte changes, whatever the lines look like.
  if (yours === ours || base === ours) return { text: yours, conflicts: [], base: ours };
  if (base === yours) return { text: ours, conflicts: [], base: ours };
  if (isCrlf(yours) && !isCrlf(ours)) {
    const merged = mergeTexts(base, yours.replaceAll('\r\n', '\n'), ours);
    return { ...merged, text: merged.text.replaceAll('\n', '\r\n') };
  }
  const lines: string[] = [];
  const conflicts: number[] = [];
  for (const { ok, conflict } of diff3Merge(yours.split('\n'), base.split('\n'), ours.split('\n'))) {
    if (ok !== undefined) lines.push(...ok);
    if (conflict === undefined) continue;
    conflicts.push(lines.length + 1);
    lines.push(OURS, ...conflict.a, BETWEEN, ...conflict.b, THEIRS);
  }
  return { text: lines.join('\n'), conflicts, base: ours };
}

/** Every line ends so. A text with both keeps each end as it is. */
const isCrlf = (text: string): boolean => text.includes('\r\n') && !/(?<!\r)\n/.test(text);

/** The line, from 1, at which an open conflict begins; undefined where there is none. */
export function openConflict(text: string): number | undefined {
  const at = text.split('\n').findIndex((line) => /^(<{7}|>{7}) /.test(line));
  return at === -1 ? undefined : at + 1;
}

/**
 * Merges lists of patterns such as .dockerignore, without conflicts: what the person has stays, in its order; what is
 * new comes below it; what was generated once and no longer is goes away. A pattern that the person took out, or has
 * an exception for, does not come back. `base` holds the patterns that were not the person's own.
 */
export function mergePatterns(base: string, yours: string, ours: string): Merged {
  const [before, there, now] = [base, yours, ours].map(patternsOf) as [Set<string>, Set<string>, Set<string>];
  const next = textOf([...now].filter((line) => before.has(line) || !there.has(line)));
  if (base === yours) return { text: ours, conflicts: [], base: next };
  const lines = yours.trim() === '' ? [] : yours.trimEnd().split(/\r?\n/);
  const kept = lines.filter((line) => !before.has(line.trim()) || now.has(line.trim()));
  const added = [...now].filter((line) => !there.has(line) && !there.has(`!${line}`) && !before.has(line));
  // Comments alone are not worth a change.
  const isSame = kept.length === lines.length && added.every((line) => line.startsWith('#'));
  if (isSame) return { text: yours, conflicts: [], base: next };
  const parted = added[0]?.startsWith('#') === true && kept.length > 0 ? [''] : [];
  const end = isCrlf(yours) ? '\r\n' : '\n';
  return { text: textOf([...kept, ...parted, ...added]).replaceAll('\n', end), conflicts: [], base: next };
}

const patternsOf = (text: string): Set<string> =>
  new Set(
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
