import type { ImageOutcome, PinnedFile } from './images.ts';

const placeOf = ({ file, line, column }: ImageOutcome): string => `${file}:${line}:${column}`;
const dayOf = (created: string | undefined): string => created?.slice(0, 10) ?? 'unknown';

/** A line for each name that changes or, with `isCheck`, would have to. */
function line(outcome: ImageOutcome, isCheck: boolean): string[] {
  const where = `${placeOf(outcome)}: ${outcome.image}`;
  if (outcome.state === 'pinned') {
    const on = outcome.platforms.length > 0 ? ` (${outcome.platforms.join(', ')})` : '';
    return [isCheck ? `${where} has no digest; it is ${outcome.digest} now\n` : `${where} → ${outcome.digest}${on}\n`];
  }
  if (outcome.state !== 'moved') return [];
  const { before, digest, created, platforms } = outcome;
  const on = platforms.length > 0 ? `; ${platforms.join(', ')}` : '';
  return [`${where} ${before.digest} → ${digest} (made ${dayOf(before.created)} → ${dayOf(created)}${on})\n`];
}

/** Notes on names that get no digest. */
export const notesOn = (files: readonly PinnedFile[]): readonly string[] =>
  files
    .flatMap(({ outcomes }) => outcomes)
    .flatMap((each) => (each.state === 'left' ? [`${placeOf(each)}: \`${each.image}\` has no digest: ${each.why}`] : []));

/** Whether a name is without the digest that its tag stands for, or with another. */
export const isOpen = (outcome: ImageOutcome): boolean => (outcome.state === 'left' ? outcome.floats : outcome.state !== 'kept');

/** What was done to the files, or would be, and a sum of it. */
export function imageLines(files: readonly PinnedFile[], isCheck: boolean): string {
  const all = files.flatMap(({ outcomes }) => outcomes);
  return [...all.flatMap((outcome) => line(outcome, isCheck)), `${sum(all, isCheck)}\n`].join('');
}

function sum(all: readonly ImageOutcome[], isCheck: boolean): string {
  const count = (state: ImageOutcome['state']): number => all.filter((each) => each.state === state).length;
  const open = all.filter((each) => each.state === 'left' && each.floats).length;
  if (all.length === 0) return 'nothing to pin: no image is named in these files';
  const [pinned, moved, kept] = [count('pinned'), count('moved'), count('kept')];
  const without = pinned + open;
  const rest = open > 0 && !isCheck ? `; ${open} left without` : '';
  if (isCheck && without + moved > 0)
    return `images: ${without} without a digest, ${moved} that their tag has left behind, ${kept} as they should be`;
  if (pinned + moved === 0)
    return kept > 0 || open > 0 ? `images: nothing to do, ${kept} have their digest${rest}` : 'images: nothing to do here';
  return `images: ${pinned} pinned, ${moved} moved, ${kept} as they were${rest}`;
}
