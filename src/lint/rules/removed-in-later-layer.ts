import { wordsOf } from '../../dockerfile/index.ts';
import { operands, type Call, type ShellWord } from '../script/index.ts';
import { allSteps, type StageStep } from '../stages/index.ts';
import { rule } from '../types.ts';
import { isCompiler } from './parts/compilers.ts';
import { absolute, fetchedBy, placedBy } from './parts/files.ts';
import { reportOn } from './parts/report.ts';
import { serviceRuns, type Place } from './parts/runs.ts';
import { installsPackages, is, packageName, toolCall, type ToolCall } from './parts/tools.ts';

export const removedInLaterLayer = rule({
  id: 'removed-in-later-layer',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'What the image does not need is removed in the layer that brings it, or never gets there.',
  why: 'A layer cannot make those below it smaller: the file is hidden, and still downloaded with every pull.',
  source: 'OCI image specification, "Image Layer Filesystem Changeset", whiteouts; Docker, "Building best practices"',
  examples: [
    { text: 'FROM debian:12\nCOPY jdk.tar.gz /tmp/\nRUN tar -xzf /tmp/jdk.tar.gz -C /opt && rm «/tmp/jdk.tar.gz»\nCMD ["app"]\n' },
    {
      text: 'FROM debian:12\nWORKDIR /src\nRUN curl -fLo app.zip https://example.com/app.zip\nRUN unzip app.zip && rm -f «app.zip»\nCMD ["app"]\n',
    },
    {
      text: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc curl\nRUN pip install -r requirements.txt\nRUN apt-get purge -y «gcc»\nCMD ["app"]\n',
    },
    { text: 'FROM alpine:3.20\nRUN apk add --no-cache --virtual .build gcc\nRUN make\nRUN apk del «.build»\nCMD ["app"]\n' },
    { text: 'FROM debian:12\nRUN curl -fLo /a.zip https://example.com/a.zip && unzip /a.zip && rm /a.zip\nCMD ["app"]\n' },
    {
      text: 'FROM debian:12 AS build\nCOPY a.tar.gz /tmp/\nRUN tar xf /tmp/a.tar.gz && rm /tmp/a.tar.gz\nFROM debian:12\nCOPY --from=build /a /a\nCMD ["app"]\n',
    },
    { text: 'FROM debian:12\nCOPY setup /setup\nRUN /setup/run.sh && rm -rf /setup\nCMD ["app"]\n' },
    { text: 'FROM debian:12\nCOPY --from=build /wheels /wheels\nRUN pip install /wheels/* && rm -rf «/wheels»\nCMD ["app"]\n' },
    { text: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get purge -y curl\nCMD ["app"]\n' },
    { text: 'FROM debian:12\nCOPY setup.sh /tmp/\nRUN /tmp/setup.sh && rm /tmp/setup.sh\nCMD ["app"]\n' },
    { text: 'FROM debian:12\nADD a.tar.gz /tmp/\nRUN rm /tmp/a.tar.gz || true\nCMD ["app"]\n' },
    { text: 'FROM nginx:1.27\nRUN rm /etc/nginx/conf.d/default.conf\nCOPY default.conf /etc/nginx/conf.d/\n' },
    { text: 'FROM debian:12\nRUN apt-get purge -y perl\nCMD ["app"]\n' },
  ],
  mentions: /\b(?:rm|purge|remove|autoremove|del|erase)\b/,
  *detect(subject) {
    for (const place of serviceRuns(subject)) {
      const { instruction, script } = place.step;
      const before = stepsAbove(place);
      for (const call of script.calls) {
        const found = removedFile(call, place.step, before) ?? removedPackage(toolCall(call), place.step, before);
        if (found === undefined || call.conditional) continue;
        yield reportOn(instruction, found.word.span, `the image keeps it: ${found.by} put it into an earlier layer. ${found.advice}`);
        break;
      }
    }
  },
});

interface Removed {
  readonly word: ShellWord;
  /** The instruction that brought it. */
  readonly by: string;
  readonly advice: string;
}

/** Steps in front of this one whose files the image has. */
const stepsAbove = ({ stage, step }: Place): readonly StageStep[] => {
  const all = allSteps(stage);
  return all.slice(0, all.indexOf(step));
};

const line = ({ instruction }: StageStep): string => `${instruction.name} in line ${instruction.startLine}`;

function removedFile(call: Call, step: StageStep, before: readonly StageStep[]): Removed | undefined {
  if (call.program !== 'rm') return undefined;
  for (const word of operands(call)) {
    const path = absolute(step, word.text);
    if (path === undefined || path === '/' || SMALL.test(path)) continue;
    const copy = before.findLast((other) => placedBy(other).some((placed) => placed.path === path));
    if (copy !== undefined && isFolderOfContext(copy, path)) continue;
    if (copy !== undefined) return { word, by: line(copy), advice: isRemote(copy) ? IN_ONE : 'Use `RUN --mount=type=bind`' };
    const run = before.findLast((other) => fetchedBy(other).includes(path));
    if (run !== undefined) return { word, by: line(run), advice: IN_ONE };
  }
  return undefined;
}

/** A folder that the context has, often of scripts: nobody can tell its size. */
const isFolderOfContext = ({ instruction: { args, flags } }: StageStep, path: string): boolean =>
  !/\.\w+$/.test(path) && wordsOf(args)[0] !== '.' && !flags.some(({ name }) => name === 'from');

const IN_ONE = 'Fetch, use and remove it in one RUN';

/** ADD of an address. */
const isRemote = ({ instruction }: StageStep): boolean => wordsOf(instruction.args).some((word) => word.includes('://'));

/** Files of a few kilobytes, and emulators that each RUN needs. */
const SMALL =
  /\.(?:sh|bash|py|pl|rb|js|sql|conf|cnf|cfg|ini|json|ya?ml|toml|xml|txt|list|asc|gpg|key|pem|crt|md|lock|patch|diff|mod|sum|env|html?|php|properties|repo|sha\d*|sig|template|tmpl|bashrc)$|\/(?:Dockerfile|Makefile|Gemfile)$|\/qemu-[^/]*$/i;

function removedPackage(tool: ToolCall, step: StageStep, before: readonly StageStep[]): Removed | undefined {
  if (!is(tool, 'apt-get', 'purge', 'remove', 'autoremove') && !is(tool, 'apk', 'del') && !is(tool, 'dnf', 'remove', 'erase'))
    return undefined;
  const here = installed(step, tool.tool);
  for (const word of tool.given) {
    const name = packageName(word);
    const run = here.has(name) ? undefined : before.findLast((other) => installed(other, tool.tool).has(name));
    // Others go for what they can do, not for their size.
    if (run !== undefined && (isCompiler(name) || /^\.|-dev(?:el)?$|build|deps/.test(name)))
      return { word, by: line(run), advice: 'Install, use and remove it in one RUN, or build in a stage of its own' };
  }
  return undefined;
}

/** Packages that a RUN installs, and names that it gives to groups of them. */
const installed = ({ script }: StageStep, name: string): ReadonlySet<string> =>
  new Set(
    script.calls
      .map(toolCall)
      .filter((tool) => tool.tool === name && installsPackages(tool))
      .flatMap((tool) => [...tool.given.map(packageName), ...groups(tool)]),
  );

/** `apk add --virtual .build`, which BusyBox's people write `-t .build` too. */
const groups = ({ call: { args } }: ToolCall): readonly string[] =>
  args.flatMap(({ text }, i) =>
    /^(?:-t|--virtual)$/.test(text) ? [args[i + 1]?.text ?? ''] : text.startsWith('--virtual=') ? [text.slice(10)] : [],
  );
