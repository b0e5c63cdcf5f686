import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import type { BaseImage, ReadInstruction, Reading } from '../reading/index.ts';

export const labelRequired = rule({
  id: 'label-required',
  aliases: ['DL3049'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'none',
  summary: 'Each stage that is shipped has the labels that the configuration asks for.',
  why: 'What finds images by label does not find this one.',
  source: 'hadolint, "DL3049"',
  examples: [
    { text: 'FROM «alpine:3.20»\n', hadolint: { labelSchema: { team: 'text' } } },
    { text: 'FROM alpine:3.20\nLABEL team=core\n', hadolint: { labelSchema: { team: 'text' } } },
    { text: 'FROM alpine:3.20\n' },
  ],
  *detect({ reading, hadolint }) {
    for (const label of Object.keys(hadolint.labelSchema)) {
      for (const at of unlabelled(reading, label)) yield reportAt(at, `the label \`${label}\` is missing in this stage`);
    }
  },
});

interface Stage {
  readonly at: ReadInstruction;
  readonly base: BaseImage;
}

/** FROMs of stages without the label: neither set there, nor in the stage they are built on, nor copied from by one that has it. */
function unlabelled(reading: Reading, label: string): Iterable<ReadInstruction> {
  const labelled = new Set<Stage>();
  const missing = new Set<Stage>();
  const forget = (alias: string): void => {
    for (const stage of missing) if (stage.base.alias === alias) missing.delete(stage);
  };
  let current: Stage | undefined;
  for (const at of reading.instructions) {
    if (at.name === 'FROM') {
      const { base } = at;
      const stage: Stage = { at, base };
      const inherits = [...labelled].some(({ base: { alias } }) => alias !== undefined && alias === base.name);
      (inherits ? labelled : missing).add(stage);
      current = stage;
    }
    if (current === undefined) continue;
    if (at.name === 'COPY' && at.from !== undefined) forget(at.from);
    if (at.name !== 'LABEL' || at.pairs.every(({ name }) => name !== label)) continue;
    forget(current.base.alias ?? current.base.name);
    labelled.add(current);
    missing.delete(current);
  }
  return [...missing].map(({ at }) => at);
}
