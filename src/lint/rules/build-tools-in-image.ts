import { wordsOf } from '../../dockerfile/index.ts';
import { basename } from '../script/index.ts';
import { allSteps, startCommand, type Stage, type StageStep } from '../stages/index.ts';
import { rule } from '../types.ts';
import { compilerLeft } from './parts/compilers.ts';
import { manifestInstall } from './parts/manifests.ts';
import { fromWords } from './parts/from.ts';
import { reportOn } from './parts/report.ts';
import { isForWindows } from './parts/runs.ts';
import { toolCall } from './parts/tools.ts';

export const buildToolsInImage = rule({
  id: 'build-tools-in-image',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'info',
  fixes: 'none',
  summary: 'A service is built in one stage and runs in another, without compilers.',
  why: 'Compilers and build tools are hundreds of megabytes that the service never calls, with flaws of their own, and a gift to an intruder.',
  source: 'Docker, "Building best practices", "Use multi-stage builds"',
  examples: [
    { text: 'FROM «golang:1.23»\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n' },
    { text: 'FROM «maven:3.9»\nCOPY . .\nRUN mvn -B package\nCMD ["java", "-jar", "target/app.jar"]\n' },
    {
      text: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl «build-essential» libpq-dev\nRUN pip install -r requirements.txt\nCMD ["python", "a.py"]\n',
    },
    { text: 'FROM golang:1.23 AS build\nRUN go build -o /app .\nFROM alpine:3.20\nCOPY --from=build /app /app\nCMD ["/app"]\n' },
    { text: 'FROM golang:1.23\nRUN go install github.com/air-verse/air@v1\nCMD ["air"]\n' },
    { text: 'FROM golang:1.23\nRUN go mod download\nCMD ["go", "test", "./..."]\n' },
    {
      text: 'FROM alpine:3.20\nRUN apk add --no-cache --virtual .build gcc && pip install -r requirements.txt && apk del .build\nCMD ["python", "a.py"]\n',
    },
    { text: 'FROM debian:12\nRUN apt-get install -y gcc make git && make install\nENTRYPOINT ["/entrypoint.sh"]\n' },
    { text: 'FROM python:3.12-slim\nRUN apt-get install -y libpq-dev\nRUN pip install -r requirements.txt\nCMD ["python", "a.py"]\n' },
  ],
  *detect(subject) {
    const stage = subject.stages.at(-1);
    if (stage === undefined || isForWindows(subject) || isTool(stage)) return;
    const steps = allSteps(stage).filter(({ instruction }) => instruction.name === 'RUN');
    const builder = BUILDERS.find(({ base }) => base.test(stage.base.name));
    const [image] = fromWords(rootOf(stage).from);
    if (
      builder !== undefined &&
      image !== undefined &&
      allSteps(stage).some(copiesSource) &&
      steps.some((step) => calls(step, builder.calls))
    ) {
      yield reportOn(
        rootOf(stage).from,
        image.span,
        'the service runs in the image that builds it: copy what it needs into a second stage, on a smaller base',
      );
      return;
    }
    if (!RUNTIMES.test(stage.base.name) || !steps.some(bringsService)) return;
    for (const step of steps) {
      const word = compilerLeft(step);
      if (word === undefined) continue;
      yield reportOn(
        step.instruction,
        word.span,
        `\`${word.text}\` stays in the image: build in a stage of its own, or remove it in this RUN`,
      );
      return;
    }
  },
});

/** Images that are made to build with, and what builds in them (their descriptions on Docker Hub). */
const BUILDERS: readonly { readonly base: RegExp; readonly calls: RegExp }[] = [
  { base: /^golang$/, calls: /^(?:go build|make )/ },
  { base: /^rust$/, calls: /^cargo build/ },
  { base: /^maven$/, calls: /^mvn / },
  { base: /^gradle$/, calls: /^gradle / },
  { base: /^gcc$/, calls: /^(?:gcc|g\+\+|make|cmake|cc) / },
  { base: /^mcr\.microsoft\.com\/dotnet\/sdk$/, calls: /^dotnet (?:build|publish)/ },
];

/** A folder of the context. */
const copiesSource = ({ instruction: { name, flags, args } }: StageStep): boolean =>
  (name === 'COPY' || name === 'ADD') &&
  !flags.some((flag) => flag.name === 'from') &&
  wordsOf(args)
    .slice(0, -1)
    .some((source) => /^\.?\/?$|^(?:\.\/)?(?:src|cmd|app|internal|pkg)\/?$/.test(source));

const calls = ({ script }: StageStep, pattern: RegExp): boolean =>
  script.calls.map(toolCall).some(({ tool, subcommand }) => pattern.test(`${tool} ${subcommand}`));

const rootOf = (stage: Stage): Stage => (stage.parent === undefined ? stage : rootOf(stage.parent));

/** No start command, a shell, or a tool that builds and tests: nobody runs a service with it. */
function isTool(stage: Stage): boolean {
  const start = startCommand(stage);
  if (start === undefined) return true;
  const { args } = start.step.instruction;
  const words = args.form === 'text' ? (args.word.text.split(/\s+/) ?? []) : wordsOf(args);
  return TOOLS.has(basename(words[0] ?? '')) && !words.some((word) => /\.(?:sh|py|js)$/.test(word));
}

const TOOLS = new Set('sh bash zsh go cargo mvn gradle make dotnet air reflex dlv sleep tail cat true'.split(' '));

/** Images of languages that need a compiler only for what they install. */
const RUNTIMES = /^(?:python|node|ruby|php)$/;

/** Whether it installs what the service's manifest names. */
const bringsService = ({ script }: StageStep): boolean => script.calls.some((call) => manifestInstall(call) !== undefined);
