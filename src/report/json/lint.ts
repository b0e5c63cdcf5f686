import { z } from 'zod';
import { document, position } from './parts.ts';

export const lintDocument = document('lint', {
  findings: z.array(
    z.strictObject({
      rule: z.string().describe('`plimsoll explain` shows its page.'),
      aliases: z.array(z.string()).describe('What hadolint and BuildKit call it.'),
      severity: z.enum(['error', 'warning', 'info', 'style']),
      message: z.string(),
      file: z.string(),
      range: z.strictObject({ start: position, end: position }).describe('Half-open; columns count UTF-16 code units.'),
      fixable: z.boolean(),
      unsafe: z.boolean().describe('Its fix changes what the image contains, so `--fix` makes it only with `--unsafe`.'),
    }),
  ),
  parseErrors: z
    .array(z.strictObject({ file: z.string(), line: z.number().int(), column: z.number().int(), message: z.string() }))
    .describe('What BuildKit refuses.'),
  forDevelopment: z
    .array(z.strictObject({ file: z.string(), saidBy: z.enum(['path', 'comment']) }))
    .describe(
      'Files for tests, examples or development, by their path or a comment at the top: rules on what is shipped say nothing of them.',
    ),
});
