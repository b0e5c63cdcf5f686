import { grouped } from './grouped.ts';
import type { CauseByContent, Waste, WasteGroup, WasteHow } from './types.ts';

/** What to do about content that is pulled and never seen, by why it is not. */
const WAYS_OUT: Readonly<Record<WasteHow, Pick<CauseByContent, 'title' | 'fix' | 'rule'>>> = {
  deleted: {
    title: 'deleted by a later layer',
    fix: 'remove it in the RUN that brings it, or use it from where it is: `RUN --mount=type=bind`',
    rule: 'removed-in-later-layer',
  },
  overwritten: {
    title: 'overwritten by a later layer',
    fix: 'write it once: put what changes it into the instruction that brings it, or build it in a stage of its own',
  },
  'owner or mode changed': {
    title: 'stored again for another owner or mode',
    fix: '`COPY --chown=… --chmod=…` where it is copied, and no `RUN chown -R`',
    rule: 'copy-with-owner',
  },
  'written again unchanged': {
    title: 'stored again unchanged',
    fix: 'copy it once; a RUN that only touches files stores them again',
  },
};

/** Waste by the two layers and the reason, most bytes first. */
export const groupsOf = (waste: readonly Waste[]): readonly WasteGroup[] =>
  [...grouped(waste, (it) => `${it.layer} ${it.by} ${it.how}`).values()]
    .map((files) => {
      const { how, layer, by } = files[0]!;
      return { how, ...WAYS_OUT[how], layer, by, sizeBytes: files.reduce((total, { sizeBytes }) => total + sizeBytes, 0), files };
    })
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes);

/** Rules of the linter that ways out name. */
export const wasteRules: readonly string[] = Object.values(WAYS_OUT).flatMap(({ rule }) => rule ?? []);
