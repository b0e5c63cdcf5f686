import { replace, type Instruction } from '../../dockerfile/index.ts';
import { rule, type Fix } from '../types.ts';
import { reportAt } from './parts/hadolint.ts';

export const labelKey = rule({
  id: 'label-key',
  aliases: ['DL3048'],
  presets: ['hadolint'],
  severity: 'style',
  fixes: 'unsafe',
  summary: 'The key of a label is in lower case, with single dots and dashes between.',
  why: 'Tools find labels by their key, and some namespaces belong to Docker.',
  source: 'Docker, "Docker object labels"; hadolint, "DL3048"',
  examples: [
    { text: 'FROM alpine:3.20\nLABEL «Maintainer=me»\n', fixed: 'FROM alpine:3.20\nLABEL maintainer=me\n' },
    { text: 'FROM alpine:3.20\nLABEL org.example.team=core\n' },
  ],
  *detect({ reading }) {
    for (const at of reading.instructions) {
      const wrong = at.name === 'LABEL' ? at.pairs.find(({ name }) => !isKey(name)) : undefined;
      if (wrong !== undefined)
        yield reportAt(at, `\`${wrong.name}\` is no good key for a label`, wrong.span, at.instruction && inLowerCase(at.instruction));
    }
  },
});

const isKey = (key: string): boolean =>
  /^[a-z](?:[0-9a-z./_-]*[0-9a-z])?$/.test(key) && !/\.\.|--/.test(key) && !/^(?:com\.docker|io\.docker|org\.dockerproject)\./.test(key);

/** Where that alone makes all keys good, and none of them is there twice then. */
function inLowerCase({ args }: Instruction): Fix | undefined {
  const pairs = args.form === 'pairs' ? args.pairs : [];
  const names = pairs.map(({ name }) => name.toLowerCase());
  if (!names.every(isKey) || new Set(names).size < names.length) return undefined;
  const edits = pairs.flatMap(({ name, nameSpan }, i) => (name === names[i] ? [] : [replace(nameSpan, names[i] ?? name)]));
  return { title: 'write it in lower case', edits };
}
