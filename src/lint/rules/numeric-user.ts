import { replace } from '../../dockerfile/index.ts';
import type { ReadInstruction } from '../reading/index.ts';
import { rule, type Fix, type Subject } from '../types.ts';
import { numberOf } from './parts/fixed-user.ts';
import { reportAt } from './parts/hadolint.ts';
import { inStage, type InStage } from './parts/in-stage.ts';
import { argumentSpan } from './parts/spans.ts';

export const numericUser = rule({
  id: 'numeric-user',
  aliases: ['DL3066'],
  presets: ['hadolint'],
  severity: 'info',
  fixes: 'unsafe',
  summary: 'USER is a number.',
  why: 'Kubernetes cannot tell whether a name is root, and the host may not know it.',
  source: 'hadolint, "DL3066"',
  examples: [
    {
      text: 'FROM alpine:3.20\nRUN adduser -D -u 1000 app\nUSER «app»\n',
      fixed: 'FROM alpine:3.20\nRUN adduser -D -u 1000 app\nUSER 1000\n',
    },
    { text: 'FROM debian:12\nUSER «www-data:www-data»\n', fixed: 'FROM debian:12\nUSER 33:www-data\n' },
    {
      text: 'FROM debian:12\nARG UID=1000\nRUN useradd --uid=$UID app\nUSER «app»\n',
      fixed: 'FROM debian:12\nARG UID=1000\nRUN useradd --uid=$UID app\nUSER $UID\n',
    },
    { text: 'FROM alpine:3.20\nUSER «app»\n' },
    { text: 'FROM alpine:3.20\nUSER 1000:app\n' },
    { text: 'FROM alpine:3.20\nARG UID\nUSER $UID\n' },
  ],
  *detect(subject) {
    const { reading } = subject;
    const declared = new Set<string>();
    for (const at of reading.instructions) {
      if (at.name === 'ARG') declared.add(at.variable);
      if (at.name !== 'USER' || /^[0-9]*(?::|$)/.test(at.text)) continue;
      if ([...declared].some((name) => at.text.includes(`$${name}`) || at.text.includes(`\${${name}}`))) continue;
      yield reportAt(at, `\`${at.text.trim()}\` is a name that only the image knows`, undefined, byNumber(subject, at));
    }
  },
});

function byNumber(subject: Subject, at: ReadInstruction & { readonly text: string }): Fix | undefined {
  const { start } = at.instruction === undefined ? at.span : argumentSpan(at.instruction);
  const [name = ''] = at.text.split(':', 1);
  const place = inStage(subject, at.instruction);
  const number = place && (valueOf(name, place) ?? numberOf(name.trim(), place));
  const end = start + name.trimEnd().length;
  if (number === undefined || subject.file.text.slice(start, end) !== name.trimEnd()) return undefined;
  return { title: `write \`${number}\``, edits: [replace({ start, end }, number)] };
}

/** The number that a variable of ENV stands for; hadolint knows only those of ARG. */
const valueOf = (name: string, { step: { user = '' } }: InStage): string | undefined =>
  /^\$\{?\w+\}?\s*$/.test(name) && /^\d+(?::|$)/.test(user) ? user.split(':', 1)[0] : undefined;
