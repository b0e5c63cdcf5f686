import { compareRows } from './rows.ts';
import type { Comparison } from './types.ts';

/** Nothing that a container could see, and no figure of the image, differs. */
export const isSame = (comparison: Comparison): boolean =>
  comparison.regressions.length === 0 &&
  comparison.files.changes.length === 0 &&
  comparison.settings.length === 0 &&
  comparison.packages.length === 0 &&
  compareRows(comparison).every(({ change, what }) => change === 'same' || isOfRuns(what));

/** What is measured anew each time differs without any reason in the image. */
const isOfRuns = (what: string): boolean => what === 'built in' || what === 'ready after' || what.startsWith('check ');

/** The comparison in one line. */
export function sentence(comparison: Comparison): string {
  const { before, after, regressions, files } = comparison;
  if (regressions.length > 0) return `${regressions.length === 1 ? '1 regression' : `${regressions.length} regressions`}`;
  if (before.image.digest === after.image.digest) return 'no difference: it is the same image';
  if (!isSame(comparison)) return 'different, and nothing got worse by more than is tolerated';
  const times = files.onlyTimes === 0 ? '' : `, ${files.onlyTimes === 1 ? '1 file has' : `${files.onlyTimes} files have`} another time`;
  return `no difference in what they hold and say; their digests differ (history, dates or compression${times})`;
}
