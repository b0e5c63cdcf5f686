import { rule } from '../types.ts';
import { readFroms, stageWord } from './parts/from.ts';
import { reached } from './parts/reached.ts';

export const duplicateStageName = rule({
  id: 'duplicate-stage-name',
  aliases: ['DuplicateStageName'],
  presets: ['buildkit', 'recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'No two stages have the same name.',
  why: 'COPY --from and `--target` take the last of them; the first can no longer be meant.',
  source: 'BuildKit, "DuplicateStageName"',
  examples: [{ text: 'FROM alpine AS build\nFROM debian AS «build»\n' }, { text: 'FROM alpine AS build\nFROM debian AS test\n' }],
  *detect({ evaluation }) {
    if (!reached(evaluation, 'stages')) return;
    const seen = new Set<string>();
    for (const from of readFroms(evaluation)) {
      const word = stageWord(from);
      if (word === undefined) continue;
      const name = word.text.toLowerCase();
      if (seen.has(name)) yield { span: word.span, message: `a stage above is named \`${name}\` too`, instruction: from };
      seen.add(name);
    }
  },
});
