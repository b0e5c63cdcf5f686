import { replace, type Dockerfile } from '../../dockerfile/index.ts';
import type { Stage, StageStep } from '../stages/index.ts';
import { rule, type Fix } from '../types.ts';
import { endedIn, givenUp } from './parts/end-of-life.ts';
import { reportOn } from './parts/report.ts';
import { allRuns, isMounted } from './parts/runs.ts';
import { installsPackages, is, toolCall } from './parts/tools.ts';

export const aptUpdateWithInstall = rule({
  id: 'apt-update-with-install',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'unsafe',
  summary: '`apt-get update` stands in the RUN that installs.',
  why: 'Alone it comes from the layer cache, weeks old, and the install after it asks for versions that the mirror no longer has.',
  source: 'Docker, "Building best practices", "apt-get"',
  examples: [
    {
      text: 'FROM debian:12\nRUN «apt-get update»\nRUN apt-get install -y curl\n',
      fixed: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\n',
    },
    { text: 'FROM debian:12\nRUN «apt-get update» && apt-get upgrade -y\nRUN apt-get install -y curl\n' },
    { text: 'FROM debian:12 AS base\nRUN «apt-get update»\nFROM base\nRUN apt-get install -y curl\n' },
    { text: 'FROM debian:buster\nRUN apt-get update\nRUN apt-get install -y curl\n' },
    { text: 'FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y curl\n' },
    { text: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y ./local.deb\n' },
    {
      text: 'FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN --mount=type=cache,target=/var/lib/apt apt-get install -y curl\n',
    },
  ],
  mentions: /\bupdate\b/,
  *detect(subject) {
    const runs = allRuns(subject);
    for (const { stage, step } of runs) {
      const tools = step.script.calls.map(toolCall);
      const update = tools.findLast((tool) => is(tool, 'apt-get', 'update'));
      // The archive of an ended release stands still, and base-end-of-life tells of it.
      if (endedIn(stage.base).length > 0 || givenUp(stage.base) !== undefined) continue;
      if (update === undefined || isMounted(step, LISTS) || tools.some((tool) => isInstall(tool))) continue;
      const later = runs.filter((run) => isBuiltOn(run.stage, stage) && run.step.instruction.startLine > step.instruction.startLine);
      const next = later.find((run) =>
        run.step.script.calls.map(toolCall).some((tool) => isInstall(tool) || is(tool, 'apt-get', 'update')),
      );
      if (next === undefined || next.step.script.calls.map(toolCall).some((tool) => is(tool, 'apt-get', 'update'))) continue;
      const says = 'the layer cache keeps these lists while packages move on: write `apt-get update` into the RUN that installs';
      yield reportOn(step.instruction, update.head, says, joined(step, next.step, subject.file));
    }
  },
});

const LISTS = '/var/lib/apt/lists';

/** Packages by their names; an upgrade is not what the lists were fetched for. */
const isInstall = (tool: ReturnType<typeof toolCall>): boolean => is(tool, 'apt-get', 'install', 'build-dep') && installsPackages(tool);

const isBuiltOn = (stage: Stage, other: Stage): boolean =>
  stage === other || (stage.parent !== undefined && isBuiltOn(stage.parent, other));

/** One RUN of two that follow one another. */
function joined({ instruction: a }: StageStep, { instruction: b }: StageStep, file: Dockerfile): Fix | undefined {
  if (a.args.form !== 'text' || b.args.form !== 'text' || b.flags.length > 0 || a.heredocs.length + b.heredocs.length > 0) return undefined;
  if (file.text.slice(a.span.end, b.span.start).trim() !== '' || /[;&|]$/.test(a.args.word.text)) return undefined;
  return { title: 'make one RUN of the two', edits: [replace({ start: a.args.word.span.end, end: b.args.word.span.start }, ' && ')] };
}
