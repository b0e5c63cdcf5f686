import { replace, type Edit, type Dockerfile } from '../../dockerfile/index.ts';
import { hasFlag } from '../script/index.ts';
import type { StageStep } from '../stages/index.ts';
import { rule, type Fix } from '../types.ts';
import { appendCommand } from './parts/append.ts';
import { cacheLeft, type Cache } from './parts/caches.ts';
import { isForBuilding } from './parts/compilers.ts';
import { reportOn } from './parts/report.ts';
import { serviceRuns } from './parts/runs.ts';
import { isNoService, startedImage } from './parts/service.ts';
import { is, toolCall, type ToolCall } from './parts/tools.ts';

export const packageCacheInLayer = rule({
  id: 'package-cache-in-layer',
  aliases: [],
  answeredBy: ['DL3009', 'DL3019', 'DL3032', 'DL3036', 'DL3040', 'DL3042', 'DL3060'],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'The RUN that installs packages leaves no lists and caches in its layer.',
  why: 'What a layer holds stays in the image, also when a later RUN removes it: tens of megabytes that are never read.',
  source:
    'Docker, "Building best practices", "apt-get"; apk-add(8); dnf(8); pip, "Caching"; npm-cache(1); Composer, "Command-line interface"',
  examples: [
    {
      text: 'FROM debian:12\nRUN «apt-get update» && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\nCMD ["app"]\n',
      fixed:
        'FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nRUN rm -rf /var/lib/apt/lists/*\nCMD ["app"]\n',
    },
    {
      text: 'FROM debian:12\nRUN «apt-get update» \\\n    && apt-get install -y curl \\\n    && apt-get clean\nCMD ["app"]\n',
      fixed:
        'FROM debian:12\nRUN apt-get update \\\n    && apt-get install -y curl \\\n    && apt-get clean \\\n    && rm -rf /var/lib/apt/lists/*\nCMD ["app"]\n',
    },
    {
      text: 'FROM alpine:3.20\nRUN «apk update» && \\\n    apk add curl\nCMD ["app"]\n',
      fixed: 'FROM alpine:3.20\nRUN apk add --no-cache curl\nCMD ["app"]\n',
    },
    {
      text: 'FROM alpine:3.20\nRUN «apk update» \\\n    && apk add --no-cache curl\nCMD ["app"]\n',
      fixed: 'FROM alpine:3.20\nRUN apk add --no-cache curl\nCMD ["app"]\n',
    },
    {
      text: 'FROM alpine:3.20\nRUN «apk --update add» curl\nCMD ["app"]\n',
      fixed: 'FROM alpine:3.20\nRUN apk --no-cache add curl\nCMD ["app"]\n',
    },
    {
      text: 'FROM python:3.12-slim\nRUN «python -m pip install» -r requirements.txt\nCMD ["app"]\n',
      fixed: 'FROM python:3.12-slim\nRUN python -m pip install --no-cache-dir -r requirements.txt\nCMD ["app"]\n',
    },
    {
      text: 'FROM node:22\nRUN «npm ci» --omit=dev\nCMD ["app"]\n',
      fixed: 'FROM node:22\nRUN npm ci --omit=dev && npm cache clean --force\nCMD ["app"]\n',
    },
    {
      text: 'FROM rockylinux:9\nRUN «yum install» -y nginx\nCMD ["app"]\n',
      fixed: 'FROM rockylinux:9\nRUN yum install -y nginx && yum clean all\nCMD ["app"]\n',
    },
    { text: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nCMD ["app"]\n' },
    {
      text: 'FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCMD ["app"]\n',
    },
    {
      text: 'FROM python:3.12 AS build\nRUN pip install -r requirements.txt\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\nCMD ["app"]\n',
    },
    { text: 'FROM python:3.12-slim\nENV PIP_NO_CACHE_DIR=1\nRUN pip install -r requirements.txt\nCMD ["app"]\n' },
    { text: 'FROM python:3.12-slim\nRUN --mount=type=cache,target=/root/.cache pip install -r requirements.txt\nCMD ["app"]\n' },
    { text: 'FROM debian:13\nRUN apt-get update && apt-get install -y curl && apt-get dist-clean\nCMD ["app"]\n' },
    { text: 'FROM alpine:3.20\nRUN apk add --no-network --virtual .deps so:libc.so\nCMD ["app"]\n' },
    { text: 'FROM alpine:3.20\nRUN apk add -U curl && rm -rf /var/cache/apk/*\nCMD ["app"]\n' },
    { text: 'FROM debian:12\nRUN apt-get update && apt-get install -y gcc\n' },
    { text: 'FROM node:22\nRUN npm ci && rm -rf /root/.npm\nCMD ["app"]\n' },
    { text: 'FROM python:3.12\nRUN pip install --no-cache /wheels/*\nCMD ["app"]\n' },
    { text: 'FROM node:22\nRUN npm install -g pnpm@10\nCMD ["app"]\n' },
    { text: 'FROM rockylinux:9\nARG OLD\nRUN if [ -n "$OLD" ]; then yum install -y dnf; fi\nCMD ["app"]\n' },
    { text: 'FROM golang:1.26\nRUN apt-get update && apt-get install -y protobuf-compiler\nCMD ["/generate.sh"]\n' },
    { text: 'FROM rockylinux:9\nRUN yum install -y rpm-build && yum clean all\nRUN yum install -y nodejs\nCMD ["/pack"]\n' },
    { text: 'FROM rockylinux:9\nRUN yum install -y nodejs\nCMD /src/clean_build.sh portal\n' },
    { text: 'FROM debian:12\nRUN apt-get update && apt-get install -y g++ git\nRUN pip install ply\nENTRYPOINT ["/check.sh"]\n' },
    {
      text: 'FROM python:3.12\nRUN apt-get update && apt-get install -y gcc\nRUN apt-get install -y make && rm -rf /var/lib/apt/lists/*\nCMD ["python", "app.py"]\n',
    },
  ],
  mentions: /apt|apk|yum|dnf|zypper|pip|npm|yarn|composer/,
  *detect(subject) {
    const [started] = startedImage(subject);
    // An image to build or to test with is large anyway.
    if (started !== undefined && started.start.script.calls.some(isNoService)) return;
    for (const place of serviceRuns(subject)) {
      if (isForBuilding(place.stage)) continue;
      const { instruction, script } = place.step;
      const tools = script.calls.map(toolCall);
      const left = cacheLeft(place, tools);
      if (left === undefined) continue;
      const { cache, tool } = left;
      const program = tool.tool === 'dnf' ? tool.call.program : tool.tool;
      const says = `\`${`${program} ${tool.subcommand}`.trimEnd()}\` leaves its ${cache.what} in this layer: ${advice(cache, tool)}`;
      yield reportOn(instruction, tool.head, says, mend(place.step, subject.file, cache, tools));
    }
  },
});

const advice = ({ remedy }: Cache, tool: ToolCall): string =>
  remedy === 'leave out'
    ? 'leave it out, and give `apk add` or `apk upgrade` `--no-cache`'
    : 'flag' in remedy
      ? `add \`${remedy.flag}\``
      : `end the RUN with \`${commandOf(remedy.command, tool)}\``;

/** `clean all` is said to whichever of yum, dnf and microdnf it was. */
const commandOf = (command: string, { tool, call }: ToolCall): string => (tool === 'dnf' ? `${call.program} ${command}` : command);

function mend(step: StageStep, file: Dockerfile, cache: Cache, tools: readonly ToolCall[]): Fix | undefined {
  const filling = tools.filter((tool) => cache.fills(tool, tools));
  const [first] = filling;
  if (first === undefined) return undefined;
  const updates = tools.flatMap((tool) => withoutUpdate(tool, tools, file));
  if (cache.remedy === 'leave out') {
    const keeping = tools.filter((tool) => is(tool, 'apk', 'add', 'upgrade') && !hasFlag(tool.call, 'no-cache'));
    const edits = [...updates, ...keeping.map((tool) => insertFlag(tool, '--no-cache'))];
    return updates.length === 0 ? undefined : { title: 'leave `apk update` out, and keep no index', edits };
  }
  if ('command' in cache.remedy) return appendCommand(step, file, commandOf(cache.remedy.command, first));
  const { flag } = cache.remedy;
  const edits = [...filling.map((tool) => insertFlag(tool, flag)), ...updates];
  return step.instruction.args.form === 'text' ? { title: `add \`${flag}\``, edits } : undefined;
}

/** Behind the subcommand; in place of `--update`, which it makes needless. */
function insertFlag({ call, head, tool }: ToolCall, flag: string): Edit {
  const update =
    tool === 'apk' ? call.args.find(({ text }) => text === '-U' || text === '--update' || text === '--update-cache') : undefined;
  return update === undefined ? replace({ start: head.end, end: head.end }, ` ${flag}`) : replace(update.span, flag);
}

/** `apk update &&` before an `apk add --no-cache`, which fetches the index itself. */
function withoutUpdate(tool: ToolCall, tools: readonly ToolCall[], file: Dockerfile): readonly Edit[] {
  const next = tools[tools.indexOf(tool) + 1];
  if (!is(tool, 'apk', 'update') || hasFlag(tool.call, 'no-cache') || next === undefined) return [];
  const between = file.text.slice(tool.call.span.end, next.call.span.start);
  return /^(?:\s|\\)*&&(?:\s|\\)*$/.test(between) ? [replace({ start: tool.call.span.start, end: next.call.span.start }, '')] : [];
}
