import { declaration, wordsOf, type Dockerfile, type Instruction } from '../../dockerfile/index.ts';
import { lineage, type Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { isSaidNear } from './parts/comments.ts';
import { fromWords } from './parts/from.ts';
import { reportOn } from './parts/report.ts';

export const unusedArg = rule({
  id: 'unused-arg',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'Something can see each ARG.',
  why: 'An ARG holds from its line to the end of its stage; one before the first FROM only in FROM. A value given with `--build-arg` has no effect there.',
  source: 'Dockerfile reference, "ARG", "Scope"',
  examples: [
    { text: 'ARG «VERSION»=1\nFROM alpine:3.20\nRUN echo $VERSION\n' },
    { text: 'FROM golang:1.23 AS build\nRUN go build -ldflags "-X main.version=$VERSION"\nARG «VERSION»\nFROM alpine:3.20\nCMD ["app"]\n' },
    { text: 'FROM alpine:3.20\nCOPY app /\nARG «PORT»=80\nEXPOSE 8080\n' },
    { text: 'ARG VERSION=1\nFROM alpine:3.20\nARG VERSION\nRUN echo $VERSION\n' },
    { text: 'FROM alpine:3.20\nARG TOKEN\nRUN ./install.sh\n' },
    { text: 'FROM alpine:3.20 AS base\nARG VERSION\nFROM base\nLABEL version=${VERSION}\n' },
    { text: 'ARG BASE=alpine\nARG TAG=3.20\nARG IMAGE=$BASE:$TAG\nFROM $IMAGE\n' },
    { text: 'FROM alpine:3.20\nARG SOURCE_DATE_EPOCH\nCOPY app /\n' },
    { text: '# VERSION is given to all images; this one needs none.\nARG VERSION\nFROM alpine:3.20\nCOPY app /\n' },
    { text: '# Copyright the authors\n\nARG «VERSION»\nFROM alpine:3.20\nCOPY app /\n' },
  ],
  mentions: /\barg\b/i,
  *detect({ file, stages }) {
    const first = file.instructions.findIndex(({ name }) => name === 'FROM');
    const before = file.instructions.slice(0, Math.max(0, first));
    const froms = stages.map(({ from }) => from);
    const declared = new Set(stages.flatMap(({ steps }) => steps.flatMap(({ instruction }) => namesOf(instruction))));
    for (const arg of before) {
      yield* unseen(
        file,
        arg,
        (name) => declared.has(name) || [...before, ...froms].some((other) => other !== arg && uses(other, name)),
        'no FROM uses it, and no stage declares it again',
      );
    }
    for (const stage of stages) {
      const heirs = stages
        .filter((other) => other !== stage && (lineage(other).includes(stage) || mayBeAny(other)))
        .flatMap(({ steps }) => steps);
      for (const [i, { instruction }] of stage.steps.entries()) {
        const after = [...stage.steps.slice(i + 1), ...heirs].map((step) => step.instruction);
        const isSeen = (name: string): boolean =>
          after.some((other) => SEES_ALL.has(other.name)) || after.some((other) => namesOf(other).includes(name) || uses(other, name));
        yield* unseen(file, instruction, isSeen, 'nothing after it in this stage can use it');
      }
    }
  },
});

/** Their scripts, and those they call, may use any of them. */
const SEES_ALL = new Set(['RUN', 'ONBUILD']);

/** A variable says which stage it is built on. */
const mayBeAny = ({ from }: Stage): boolean => fromWords(from)[0]?.text.includes('$') ?? false;

/** Set by the build for itself: declaring them changes what it does. */
const OWN = /^(?:SOURCE_DATE_EPOCH|BUILDKIT_\w+)$/;

function* unseen(
  file: Dockerfile,
  instruction: Instruction,
  isSeen: (name: string) => boolean,
  says: string,
): Iterable<ReturnType<typeof reportOn>> {
  const { args } = instruction;
  if (instruction.name !== 'ARG' || args.form !== 'words') return;
  const comment = args.words.findIndex(({ text }) => text.startsWith('#'));
  for (const word of comment === -1 ? args.words : args.words.slice(0, comment)) {
    const { name } = declaration(word.text);
    // A comment tells why it is there.
    if (isSaidNear(file, instruction, new RegExp(`\\b${name}\\b`))) continue;
    if (OWN.test(name) || args.words.some((other) => other !== word && refersTo(other.text, name)) || isSeen(name)) continue;
    yield reportOn(instruction, { start: word.span.start, end: word.span.start + name.length }, `\`${name}\` has no effect: ${says}`);
  }
}

const namesOf = ({ name, args }: Instruction): readonly string[] =>
  name === 'ARG' ? wordsOf(args).map((word) => declaration(word).name) : [];

const uses = ({ line, heredocs }: Instruction, name: string): boolean =>
  [line, ...heredocs.map(({ content }) => content)].some((text) => refersTo(text, name));

const refersTo = (text: string, name: string): boolean =>
  text.includes('$') && text.includes(name) && new RegExp(`\\$\\{?${name}(?!\\w)`).test(text);
