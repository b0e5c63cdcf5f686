import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';
import { ignoredCodes } from '../pragmas.ts';

export const ignorePragmaUsed = rule({
  id: 'ignore-pragma-used',
  aliases: ['DL1001'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'none',
  offByDefault: true,
  summary: 'No comment switches findings off.',
  why: 'Whoever reads the report does not see what was left out of it.',
  source: 'hadolint, "DL1001"',
  examples: [{ text: '«# hadolint ignore=DL3006»\nFROM alpine\n' }, { text: '# hadolint is a tool\nFROM alpine:3.20\n' }],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      if (at.name !== 'comment' || ignoredCodes(at.text) === undefined) continue;
      yield { ...reportAt(at, 'the comment switches findings off'), span: at.span };
    }
  },
});
