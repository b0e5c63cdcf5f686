import { rule } from '../types.ts';

/** Words that name a secret, alone or between underscores, and words that take it back (dockerfile2llb/validations.go). */
const SECRET = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const HARMLESS = /(?:_|^)(?:public|file|version)(?:_|$)/i;

export const secretsUsedInArgOrEnv = rule({
  id: 'secrets-used-in-arg-or-env',
  aliases: ['SecretsUsedInArgOrEnv'],
  presets: ['buildkit'],
  severity: 'warning',
  fixes: 'none',
  summary: 'No ARG or ENV is named like a secret.',
  why: 'Values of ENV are in the image, those of ARG in its history, for everyone who can pull it.',
  source: 'BuildKit, "SecretsUsedInArgOrEnv"',
  examples: [
    { text: 'FROM alpine\nARG «AWS_SECRET»\n' },
    { text: 'FROM alpine\nENV «API_TOKEN»=x\n' },
    { text: 'FROM alpine\nENV PUBLIC_KEY=x TOKEN_FILE=/run/secrets/token\n' },
  ],
  *detect({ evaluation }) {
    for (const { instruction, words, trigger, span, startLine, endLine } of evaluation.steps) {
      const { name, args } = instruction;
      if (name !== 'ARG' && name !== 'ENV') continue;
      for (let i = 0; i < words.length; i += name === 'ENV' ? 2 : 1) {
        const key = words[i] ?? '';
        if (!SECRET.test(key) || HARMLESS.test(key)) continue;
        const at = args.form === 'pairs' ? args.pairs[i / 2]?.nameSpan : args.form === 'words' ? nameOf(args.words[i]) : undefined;
        yield {
          span: trigger ? span : (at ?? span),
          message: `\`${key}\` is named like a secret, and ${name} keeps its value in the image`,
          instruction,
          lines: { start: startLine, end: endLine },
          comments: instruction.comments,
        };
      }
    }
  },
});

const nameOf = (
  word: { readonly text: string; readonly span: { start: number; end: number } } | undefined,
): { start: number; end: number } | undefined =>
  word && { start: word.span.start, end: word.text.includes('=') ? word.span.start + word.text.indexOf('=') : word.span.end };
