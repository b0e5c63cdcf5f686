import { declaration, wordsOf, type Instruction, type Span } from '../../dockerfile/index.ts';
import { allSteps, type Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';

export const globalArgInRun = rule({
  id: 'global-arg-in-run',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'An ARG from before the first FROM is declared again in the stage that uses it.',
  why: 'Outside of FROM it is not set: in RUN the variable is empty, and the command works with half a name.',
  source: 'Dockerfile reference, "Understand how ARG and FROM interact"',
  examples: [
    { text: 'ARG JQ_VERSION=1.7\nFROM alpine:3.20\nRUN wget https://files.example/jq-«${JQ_VERSION}»\n' },
    { text: 'ARG VERSION=1\nFROM golang:1.23\nRUN go build -ldflags "-X main.version=«$VERSION»" .\n' },
    { text: 'ARG VERSION=1\nFROM alpine:3.20\nARG VERSION\nRUN echo $VERSION\n' },
    { text: 'ARG VERSION=1\nFROM alpine:${VERSION}\nRUN VERSION=2 && echo $VERSION\n' },
    { text: "ARG VERSION=1\nFROM alpine:3.20\nRUN echo '$VERSION' ${VERSION:-2}\n" },
    { text: 'ARG NODE_VERSION=22\nFROM node:${NODE_VERSION}\nRUN echo $NODE_VERSION\n' },
    { text: 'ARG VERSION=1\nFROM quay.io/team/base:1\nRUN echo $VERSION\n' },
  ],
  mentions: /\barg\b/i,
  *detect({ stages, file }) {
    if (file.escape === '`') return;
    const first = file.instructions.findIndex(({ name }) => name === 'FROM');
    const global = new Set(file.instructions.slice(0, Math.max(0, first)).flatMap(namesSet));
    if (global.size === 0) return;
    for (const stage of stages) {
      if (!isPlain(stage)) continue;
      const inherited = new Set(
        allSteps(stage)
          .filter((step) => !stage.steps.includes(step))
          .flatMap(({ instruction }) => namesSet(instruction)),
      );
      const known = new Set(inherited);
      for (const { instruction } of stage.steps) {
        for (const name of namesSet(instruction)) known.add(name);
        const found =
          instruction.name === 'RUN'
            ? usedIn(instruction, file.text, (name) => global.has(name) && !known.has(name) && !BASES.test(`${stage.base.name} ${name}`))[0]
            : undefined;
        if (found === undefined) continue;
        yield reportOn(
          instruction,
          found.span,
          `\`$${found.name}\` is declared before FROM alone, so it is empty here: add \`ARG ${found.name}\` to this stage`,
        );
        known.add(found.name);
      }
    }
  },
});

/** Official images set few variables, and those have the name of what they hold: `NODE_VERSION`. Of others nobody knows. */
const isPlain = ({ base }: Stage): boolean => base.isKnown && !base.name.includes('/');
const BASES = /^([a-z]+)(?:-\w+)? (?:\1_?\w*|GO\w*|JAVA_\w+|PYTHON_\w+|PIP_\w+|PATH|LANG|HOME|USER|HOSTNAME|PWD|TARGET\w+|BUILD\w+)$/i;

function namesSet({ name, args }: Instruction): readonly string[] {
  if (name === 'ARG') return wordsOf(args).map((word) => declaration(word).name);
  return name === 'ENV' && args.form === 'pairs' ? args.pairs.map((pair) => pair.name) : [];
}

/** Variables that a script reads and does not set itself; those with another value for when they are empty are cared for. */
function usedIn(
  { span, args, line }: Instruction,
  text: string,
  isWanted: (name: string) => boolean,
): readonly { readonly name: string; readonly span: Span }[] {
  if (args.form !== 'text' || !line.includes('$')) return [];
  const script = text.slice(span.start, span.end).replace(/'[^']*'/g, (quoted) => ' '.repeat(quoted.length));
  return [...script.matchAll(/(?<!\\)\$(?:\{([A-Za-z_]\w*)([^}]?)|([A-Za-z_]\w*))/g)].flatMap((match) => {
    const name = match[1] ?? match[3] ?? '';
    if (!isWanted(name)) return [];
    const isSet = new RegExp(
      String.raw`(?:^|[\s;&|(])(?:export\s+|local\s+|declare\s+)?${name}=|\b(?:for|read(?:\s+-\w+)*)\s+${name}\b`,
    ).test(line);
    if (isSet || /[:\-+?=]/.test(match[2] ?? '')) return [];
    const end = match[1] === undefined ? match.index + match[0].length : script.indexOf('}', match.index) + 1;
    return [{ name, span: { start: span.start + match.index, end: span.start + end } }];
  });
}
