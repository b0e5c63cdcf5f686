import { replace, type Pair } from '../../dockerfile/index.ts';
import { rule, type Fix } from '../types.ts';

export const legacyKeyValueFormat = rule({
  id: 'legacy-key-value-format',
  aliases: ['LegacyKeyValueFormat'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'safe',
  summary: 'ENV and LABEL are written `NAME=value`.',
  why: 'In the old form, with a blank, all the rest of the line is the value: a second name on it is lost in silence.',
  source: 'BuildKit, "LegacyKeyValueFormat"',
  examples: [
    { text: 'FROM alpine\n«ENV PORT 8080»\n', fixed: 'FROM alpine\nENV PORT=8080\n' },
    { text: 'FROM alpine\n«ENV GREETING hello world»\n', fixed: 'FROM alpine\nENV GREETING="hello world"\n' },
    { text: 'FROM alpine\nENV PORT=8080\n' },
  ],
  *detect({ file, evaluation }) {
    for (const { instruction, trigger, stopped, span, startLine, endLine } of evaluation.steps) {
      const { name, args } = instruction;
      if ((name !== 'ENV' && name !== 'LABEL') || args.form !== 'pairs' || stopped) continue;
      for (const pair of args.pairs) {
        if (!pair.legacy) continue;
        yield {
          span,
          message: `${name} has a blank instead of \`=\``,
          instruction,
          lines: { start: startLine, end: endLine },
          comments: instruction.comments,
          fix: trigger ? undefined : withEquals(file.text, pair),
        };
      }
    }
  },
});

/** Only where the value is one line: quotes would not keep a continuation as it is. */
function withEquals(text: string, { nameSpan, valueSpan, value }: Pair): Fix | undefined {
  const written = text.slice(valueSpan.start, valueSpan.end);
  if (written !== value) return undefined;
  const quoted = quote(value);
  return quoted === undefined
    ? undefined
    : { title: 'write it with `=`', edits: [replace({ start: nameSpan.end, end: valueSpan.end }, `=${quoted}`)] };
}

/** The value as one word with the same meaning; undefined where its quotes and escapes make that hard. */
function quote(value: string): string | undefined {
  if (/^[^\s'"\\`]+$/.test(value) || /^"[^"\\`]*"$/.test(value) || /^'[^'\\`]*'$/.test(value)) return value;
  return /^[^'"\\`]+$/.test(value) ? `"${value}"` : undefined;
}
