import { wordsOf } from '../../dockerfile/index.ts';
import { flagValue, isCall, type Call, type ShellWord } from '../script/index.ts';
import { lineage, type Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';

/** Ways to build for the target that nobody here looks into. */
const OTHER_WAYS = /\bTARGET(?:ARCH|PLATFORM)\b|\bxx-|\bmake\b|\bgoreleaser\b|\bmage\b|\.sh\b|\bGOOS=(?:js|wasip1|windows|darwin)\b/;

export const goBuildForWrongPlatform = rule({
  id: 'go-build-for-wrong-platform',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'A stage that runs on the build platform builds for the target platform.',
  why: 'With `FROM --platform=$BUILDPLATFORM` the compiler runs on the machine that builds, and without GOARCH=$TARGETARCH it builds for that one: an image for arm64 gets a program for amd64, and does not start.',
  source: 'Docker, "Multi-platform builds", "Cross-compilation"; Go, "Environment variables", GOARCH',
  examples: [
    {
      text: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS build\nRUN CGO_ENABLED=0 «go build» -o /app .\nFROM alpine:3.23\nCOPY --from=build /app /app\n',
    },
    {
      text: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS build\nENV CGO_ENABLED=0 «GOARCH=amd64»\nRUN go build -o /out/app .\nFROM scratch\nCOPY --from=build /out/ /\n',
    },
    {
      text: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS build\nRUN «GOARCH=$(dpkg --print-architecture)» go build -o /app .\nFROM scratch\nCOPY --from=build /app /\n',
    },
    {
      text: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS build\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /app .\nFROM scratch\nCOPY --from=build /app /\n',
    },
    { text: 'FROM golang:1.26 AS build\nRUN GOARCH=amd64 go build -o /app .\nFROM scratch\nCOPY --from=build /app /\n' },
    {
      text: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS gen\nRUN go build -o /gen . && /gen > /out.json\nFROM scratch\nCOPY --from=gen /out.json /\n',
    },
    { text: 'FROM --platform=$BUILDPLATFORM golang:1.26 AS build\nRUN xx-go build -o /app .\nFROM scratch\nCOPY --from=build /app /\n' },
  ],
  mentions: /BUILDPLATFORM/,
  *detect({ stages }) {
    for (const stage of stages) {
      if (!isForBuildPlatform(stage)) continue;
      const text = lineage(stage)
        .flatMap(({ steps }) => steps)
        .map(({ instruction }) => instruction.line)
        .join('\n');
      if (OTHER_WAYS.test(text)) continue;
      const fixed = stage.steps.find(({ instruction }) => instruction.name === 'ENV' && /\bGOARCH\b/.test(instruction.line));
      for (const step of stage.steps) {
        for (const call of step.script.calls) {
          const out = flagValue(call, 'o')?.text;
          if (step.instruction.name !== 'RUN' || !isCall(call, 'go', 'build') || out === undefined || !isTaken(stage, out, stages))
            continue;
          const chosen = call.assignments.find(({ text: word }) => word.startsWith('GOARCH='));
          if (chosen !== undefined) yield reportOn(step.instruction, chosen.span, WRONG);
          else if (fixed !== undefined) {
            const { args } = fixed.instruction;
            const pair = args.form === 'pairs' ? args.pairs.find(({ name }) => name === 'GOARCH') : undefined;
            if (pair !== undefined) yield reportOn(fixed.instruction, { start: pair.nameSpan.start, end: pair.valueSpan.end }, WRONG);
          } else if (!/\bGOARCH\b/.test(text)) yield reportOn(step.instruction, programSpan(call), WRONG);
        }
      }
    }
  },
});

const WRONG =
  'this builds for the machine that builds, whatever platform the image is for: `ARG TARGETOS TARGETARCH`, and GOOS and GOARCH from them';

const isForBuildPlatform = (stage: Stage): boolean =>
  lineage(stage)[0]?.from.flags.some(({ name, value }) => name === 'platform' && /^\$\{?BUILDPLATFORM\}?$/.test(value ?? '')) ?? false;

const programSpan = ({ word, args }: Call): ShellWord['span'] => ({ start: word.span.start, end: args[0]?.span.end ?? word.span.end });

/** Whether the image itself, for the target platform, gets the program. */
const isTaken = (from: Stage, out: string, stages: readonly Stage[]): boolean =>
  stages.some(
    (stage) =>
      stage.isInImage &&
      !isForBuildPlatform(stage) &&
      stage.steps.some(({ instruction }) => {
        const source = instruction.flags.find(({ name }) => name === 'from')?.value?.toLowerCase();
        if (instruction.name !== 'COPY' || (source !== from.name && source !== String(from.index))) return false;
        return wordsOf(instruction.args)
          .slice(0, -1)
          .some((path) => holds(path, out));
      }),
  );

/** Whether a copied path is the file, or a folder that it is in. */
function holds(path: string, file: string): boolean {
  const plain = path.replace(/\/$/, '');
  return plain === file || file.startsWith(`${plain}/`) || plain.endsWith(`/${file.replace(/^\.\//, '')}`);
}
