import type { Instruction } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';

export const envRefersToItself = rule({
  id: 'env-refers-to-itself',
  aliases: ['DL3044'],
  presets: ['hadolint', 'recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'ENV uses no variable that it sets itself.',
  why: 'All values are expanded before any of them is set, so the older value is taken, or none.',
  source: 'hadolint, "DL3044"',
  examples: [{ text: 'FROM alpine:3.20\nENV «A=x B=$A/y»\n' }, { text: 'FROM alpine:3.20\nENV A=x\nENV B=$A/y\n' }],
  mentions: /\$/,
  *detect(subject) {
    // The other reading of a file takes its time, and few files have anything to read.
    const { file } = subject;
    if (file.problems.length === 0 && !file.instructions.some(mayReferToItself)) return;
    const known = new Set<string>();
    for (const at of subject.reading.instructions) {
      if (at.name === 'ARG') known.add(at.variable);
      if (at.name !== 'ENV') continue;
      const { pairs } = at;
      const used = pairs.find(({ name }, i) => !known.has(name) && pairs.some(({ value }, j) => i !== j && uses(value, name)));
      for (const { name } of pairs) known.add(name);
      if (used !== undefined) yield reportAt(at, `\`$${used.name}\` is not yet what this ENV sets it to`);
    }
  },
});

const mayReferToItself = ({ name, line, args }: Instruction): boolean =>
  name === 'ENV' && line.includes('$') && (args.form !== 'pairs' || args.pairs.length > 1);

/** `${name}`, or `$name` and no letter of a name after it. */
const uses = (value: string, name: string): boolean =>
  value.includes(`\${${name}}`) ||
  value
    .split(`$${name}`)
    .slice(1)
    .some((rest) => !/^[0-9A-Za-z_]/.test(rest));
