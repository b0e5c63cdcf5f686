import { declaration, wordsOf, type Dockerfile, type ExpandedWord, type Instruction, type Span } from '../../dockerfile/index.ts';
import { rule } from '../types.ts';
import { familyOf, type Stage } from '../stages/index.ts';
import { reportOn } from './parts/report.ts';
import { didYouMean } from './parts/suggestion.ts';

/** Images of a bare system: they set PATH and nothing else. */
const BARE = /^(?:scratch|alpine|debian|ubuntu|busybox)$/;

export const variableUnset = rule({
  id: 'variable-unset',
  aliases: [],
  presets: ['recommended'],
  severity: 'warning',
  fixes: 'none',
  summary: 'Variables of an instruction are set in its stage, or by its base.',
  why: 'A variable that nothing sets is empty, and nothing says so. An ARG before the first FROM, or in another stage, does not reach.',
  source: 'Dockerfile reference, "Understand how ARG and FROM interact" and "Environment replacement"',
  examples: [
    { text: 'ARG VERSION=1\nFROM node:22\nLABEL version=«$VERSION»\n' },
    { text: 'FROM alpine:3.20 AS a\nARG NAME=x\nFROM node:22\nCOPY «$NAME.js» /srv/\n' },
    { text: 'FROM node:22\nARG VERSION\nCOPY «app-$VERSOIN.js» /srv/\n' },
    { text: 'FROM debian:12\nENV LD_LIBRARY_PATH=«/opt/lib:$LD_LIBRARY_PATH»\n' },
    { text: 'ARG VERSION=1\nFROM node:22\nARG VERSION\nLABEL version=$VERSION\n' },
    { text: 'FROM golang:1.26\nWORKDIR $GOPATH/src/app\n' },
    { text: 'FROM debian:12\nENV NAME=${NAME:-x}\n' },
    { text: 'FROM debian:12\nENV NAME=a \\\n    OTHER=$NAME\n' },
    { text: 'FROM alpine:3.20\nENV PATH=/opt/bin:$PATH\n' },
  ],
  mentions: /\$/,
  *detect({ file, evaluation, stages }) {
    const declared = declaredNames(file);
    for (const { instruction, stage: index, trigger, expanded } of evaluation.steps) {
      const stage = stages[index];
      if (stage === undefined || trigger || familyOf(stage.base) === 'windows') continue;
      for (const word of expanded) {
        for (const name of word.undefinedNames) {
          const written = file.text.slice(word.span.start, word.span.end);
          // `ARG NAME=$NAME` is `ARG NAME`.
          if (instruction.name === 'ARG' && declaration(written).name === name) continue;
          // env-refers-to-itself tells of it.
          if (setsItElsewhere(instruction, name, word.span)) continue;
          const why = hasDefault(written, name) ? undefined : reason(name, word, stage, declared);
          if (why !== undefined) yield reportOn(instruction, word.span, why);
        }
      }
    }
  },
});

/** `ENV NAME=a OTHER=$NAME` */
const setsItElsewhere = ({ args }: Instruction, name: string, { start }: Span): boolean =>
  args.form === 'pairs' && args.pairs.some((pair) => pair.name === name && pair.valueSpan.start !== start);

/** `${NAME:-…}` and `${NAME:+…}` reckon with a variable that is not set. */
const hasDefault = (written: string, name: string): boolean => new RegExp(String.raw`\$\{${name}:?[-+]`).test(written);

/** Names of ARGs anywhere in the file. */
function declaredNames({ instructions }: Dockerfile): ReadonlySet<string> {
  return new Set(
    instructions.filter(({ name }) => name === 'ARG').flatMap(({ args }) => wordsOf(args).map((word) => declaration(word).name)),
  );
}

/** Why the variable is surely empty; undefined where the base may set it. */
function reason(name: string, { known }: ExpandedWord, { base }: Stage, declared: ReadonlySet<string>): string | undefined {
  if (declared.has(name)) return `\`$${name}\` is empty here: its ARG is in another place; write \`ARG ${name}\` in this stage, above`;
  const near = didYouMean(
    name,
    [...known, ...declared].filter((other) => other !== 'PATH'),
  );
  return near !== '' || BARE.test(base.name) ? `\`$${name}\` is not set, so it is empty here${near}` : undefined;
}
