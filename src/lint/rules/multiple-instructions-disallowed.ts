import type { Step } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';

const ONCE = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK']);

export const multipleInstructionsDisallowed = rule({
  id: 'multiple-instructions-disallowed',
  aliases: ['MultipleInstructionsDisallowed'],
  presets: ['buildkit', 'recommended'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A stage has one CMD, one ENTRYPOINT and one HEALTHCHECK.',
  why: 'The last one counts; those before it have no effect.',
  source: 'BuildKit, "MultipleInstructionsDisallowed"',
  examples: [{ text: 'FROM alpine\n«CMD ["a"]»\nCMD ["b"]\n' }, { text: 'FROM alpine AS one\nCMD ["a"]\nFROM one\nCMD ["b"]\n' }],
  *detect({ evaluation }) {
    const last = new Map<string, Step>();
    for (const step of evaluation.steps) {
      const { name } = step.instruction;
      if (!ONCE.has(name)) continue;
      const key = `${step.stage} ${name}`;
      const before = last.get(key);
      last.set(key, step);
      if (before === undefined) continue;
      yield {
        span: before.span,
        message: `this ${name} has no effect: another one follows in the stage`,
        instruction: before.instruction,
        lines: { start: before.startLine, end: before.endLine },
        // BuildKit looks at the comments of the one that follows.
        comments: step.instruction.comments,
      };
    }
  },
});
