import { replace } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';
import { casingOf } from './parts/casing.ts';
import { reached } from './parts/reached.ts';

export const consistentInstructionCasing = rule({
  id: 'consistent-instruction-casing',
  aliases: ['ConsistentInstructionCasing'],
  presets: ['buildkit'],
  severity: 'style',
  fixes: 'safe',
  summary: 'All instructions are written in the same case.',
  why: 'What is written in another case looks as if it meant something else.',
  source: 'BuildKit, "ConsistentInstructionCasing"',
  examples: [
    { text: 'FROM alpine\nRUN a\n«run» b\n', fixed: 'FROM alpine\nRUN a\nRUN b\n' },
    { text: 'from alpine\nrun a\n«Run» b\n', fixed: 'from alpine\nrun a\nrun b\n' },
    { text: 'from alpine\nrun a\n' },
  ],
  *detect({ evaluation }) {
    if (!reached(evaluation, 'stages')) return;
    // ARGs before the first FROM do not count.
    const first = evaluation.read.findIndex((instruction) => instruction.name === 'FROM');
    const counted = evaluation.read.slice(Math.max(0, first));
    const casings = counted.map((instruction) => casingOf(instruction.keyword));
    const lower = casings.filter((casing) => casing === 'lower').length > casings.filter((casing) => casing === 'upper').length;
    for (const instruction of counted) {
      const { keyword } = instruction;
      const wanted = lower ? keyword.toLowerCase() : keyword.toUpperCase();
      if (wanted === keyword) continue;
      yield {
        span: instruction.keywordSpan,
        message: `\`${keyword}\` is in another case than most instructions`,
        instruction,
        fix: { title: `write \`${wanted}\``, edits: [replace(instruction.keywordSpan, wanted)] },
      };
    }
  },
});
