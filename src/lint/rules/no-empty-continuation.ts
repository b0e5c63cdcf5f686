import { replace, type Edit, type Instruction } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';

export const noEmptyContinuation = rule({
  id: 'no-empty-continuation',
  aliases: ['NoEmptyContinuation'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'safe',
  summary: 'No empty line stands inside an instruction.',
  why: 'BuildKit takes such a line away today and will refuse it one day; a reader takes it for the instruction’s end.',
  source: 'BuildKit, "NoEmptyContinuation"',
  examples: [
    { text: 'FROM alpine\n«RUN apk add \\\n\n  curl»\n', fixed: 'FROM alpine\nRUN apk add \\\n  curl\n' },
    { text: 'FROM alpine\nRUN apk add \\\n  # for the health check\n  curl\n' },
  ],
  *detect({ file, evaluation }) {
    if (evaluation.phase === 'options' || evaluation.phase === 'parse') return;
    for (const instruction of file.instructions) {
      if (instruction.emptyContinuations.length === 0) continue;
      yield {
        span: instruction.span,
        message: 'an empty line stands inside the instruction',
        instruction,
        // BuildKit names the last line of what is continued, before any heredoc.
        lines: { start: instruction.continuedTo, end: instruction.continuedTo },
        fix: { title: 'take the empty lines out', edits: emptyLines(file.text, instruction) },
      };
    }
  },
});

function emptyLines(text: string, { emptyContinuations, startLine, span }: Instruction): Edit[] {
  const edits: Edit[] = [];
  const empty = new Set(emptyContinuations);
  let start = text.lastIndexOf('\n', span.start - 1) + 1;
  for (let line = startLine; start < text.length && start <= span.end; line += 1) {
    const end = text.indexOf('\n', start);
    const next = end === -1 ? text.length : end + 1;
    if (empty.has(line)) edits.push(replace({ start, end: next }, ''));
    start = next;
  }
  return edits;
}
