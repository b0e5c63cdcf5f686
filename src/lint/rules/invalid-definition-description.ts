import { rule } from '../types.ts';
import { declaration, stageName, wordsOf, type Instruction } from '../../dockerfile/index.ts';

export const invalidDefinitionDescription = rule({
  id: 'invalid-definition-description',
  aliases: ['InvalidDefinitionDescription'],
  presets: ['buildkit'],
  severity: 'style',
  fixes: 'none',
  experimental: true,
  summary: 'The comment above an ARG or a stage begins with its name.',
  why: '`docker build --call=outline` shows such a comment as the description of the argument or the target.',
  source: 'BuildKit, "InvalidDefinitionDescription"',
  examples: [
    { text: '# check=experimental=all\n# which Alpine\n«ARG VERSION=3»\nFROM alpine:$VERSION\n' },
    { text: '# check=experimental=all\n# VERSION is the version of Alpine\nARG VERSION=3\nFROM alpine:$VERSION\n' },
    { text: '# which Alpine\nARG VERSION=3\nFROM alpine:$VERSION\n' },
  ],
  *detect({ evaluation }) {
    const { read, problems, phase } = evaluation;
    for (const instruction of read) {
      // BuildKit looks at it after the instruction itself was found right.
      if (phase === 'instructions' && instruction === read.at(-1) && problems[0]?.code !== 'no-stage') continue;
      const names = definedNames(instruction);
      const comment = instruction.comments.at(-1);
      if (names.length === 0 || comment === undefined || names.includes(comment.split(' ', 1)[0] ?? '')) continue;
      yield {
        span: instruction.span,
        message: `the comment above does not begin with \`${names[0]}\``,
        instruction,
        comments: instruction.comments,
      };
    }
  },
});

function definedNames(instruction: Instruction): readonly string[] {
  if (instruction.name === 'ARG') return wordsOf(instruction.args).map((word) => declaration(word).name);
  const name = instruction.name === 'FROM' ? stageName(instruction) : undefined;
  return name === undefined ? [] : [name];
}
