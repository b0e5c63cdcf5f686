import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';

export const labelSuperfluous = rule({
  id: 'label-superfluous',
  aliases: ['DL3050'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'none',
  summary: 'There are no other labels than the configuration names.',
  why: 'Labels that nobody asked for are not looked after.',
  source: 'hadolint, "DL3050"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «squad=core»\n', hadolint: { strictLabels: true } },
    { text: 'FROM alpine:3.20\nLABEL team=core\n', hadolint: { strictLabels: true, labelSchema: { team: 'text' } } },
  ],
  *detect({ reading, hadolint }) {
    if (!hadolint.strictLabels) return;
    for (const at of reading.instructions) {
      const other = at.name === 'LABEL' ? at.pairs.find(({ name }) => !Object.hasOwn(hadolint.labelSchema, name)) : undefined;
      if (other !== undefined) yield reportAt(at, `the configuration knows no label \`${other.name}\``, other.span);
    }
  },
});
