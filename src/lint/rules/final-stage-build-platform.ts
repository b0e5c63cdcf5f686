import { replace } from '../../dockerfile/index.ts';
import { isRunnable, lineage } from '../stages/index.ts';
import { mayBeForDevelopment } from '../purpose.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';

export const finalStageBuildPlatform = rule({
  id: 'final-stage-build-platform',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'unsafe',
  summary: 'The final stage is built for the target, not for the machine that builds.',
  why: 'With `--platform=$BUILDPLATFORM` each image of a multi-platform build holds the programs of the builder under the name of another architecture.',
  source: 'Docker, "Multi-platform builds: Cross-compilation"; Dockerfile reference, "Automatic platform ARGs"',
  examples: [
    {
      text: 'FROM «--platform=$BUILDPLATFORM» python:3.12-slim\nCMD ["python"]\n',
      fixed: 'FROM python:3.12-slim\nCMD ["python"]\n',
    },
    {
      text: 'FROM «--platform=${BUILDPLATFORM}» node:22 AS base\nFROM base\nCMD ["node", "server.js"]\n',
      fixed: 'FROM node:22 AS base\nFROM base\nCMD ["node", "server.js"]\n',
    },
    { text: 'FROM --platform=$BUILDPLATFORM golang:1.23 AS build\nFROM alpine:3.20\nCOPY --from=build /app /\nCMD ["/app"]\n' },
    { text: 'FROM --platform=$TARGETPLATFORM alpine:3.20\nCMD ["sh"]\n' },
    { text: 'FROM --platform=$BUILDPLATFORM golang:1.23\nRUN go test ./...\n' },
    { text: 'FROM --platform=$BUILDPLATFORM scratch\nCOPY app /\nCMD ["/app"]\n' },
  ],
  mentions: /BUILDPLATFORM/,
  *detect({ stages, file }) {
    const last = stages.findLast(({ isLast }) => isLast);
    if (last === undefined || !isRunnable(last) || lineage(last).some((stage) => mayBeForDevelopment(file, stage))) return;
    for (const { from, base } of lineage(last)) {
      // BuildKit takes the target's platform for it, whatever is said.
      if (base.name === 'scratch') continue;
      const flag = from.flags.find(({ name }) => name === 'platform');
      if (flag === undefined || !/^\$(?:BUILDPLATFORM|\{BUILDPLATFORM\})$/.test(flag.value ?? '')) continue;
      const next =
        from.flags.find(({ span }) => span.start > flag.span.start)?.span.start ??
        (from.args.form === 'words' ? from.args.words[0]?.span.start : undefined);
      const fix =
        next === undefined ? undefined : { title: 'take the platform out', edits: [replace({ start: flag.span.start, end: next }, '')] };
      yield reportOn(from, flag.span, 'the image that is shipped has the architecture of the machine that builds it', fix);
    }
  },
});
