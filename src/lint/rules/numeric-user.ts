import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';

export const numericUser = rule({
  id: 'numeric-user',
  aliases: ['DL3066'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'none',
  summary: 'USER is a number.',
  why: 'Kubernetes cannot tell whether a name is root, and the host may not know it.',
  source: 'hadolint, "DL3066"',
  examples: [
    { text: 'FROM alpine:3.20\nUSER «app»\n' },
    { text: 'FROM alpine:3.20\nUSER 1000:app\n' },
    { text: 'FROM alpine:3.20\nARG UID\nUSER $UID\n' },
  ],
  *detect({ reading }) {
    const declared = new Set<string>();
    for (const at of reading.instructions) {
      if (at.name === 'ARG') declared.add(at.variable);
      if (at.name !== 'USER' || /^[0-9]*(?::|$)/.test(at.text)) continue;
      if ([...declared].some((name) => at.text.includes(`$${name}`) || at.text.includes(`\${${name}}`))) continue;
      yield reportAt(at, `\`${at.text.trim()}\` is a name that only the image knows`);
    }
  },
});
