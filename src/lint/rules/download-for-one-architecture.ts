import { lineage, type Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { downloads } from './parts/downloads.ts';
import { usesOf } from './parts/file-uses.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';

/** A file that tells architectures apart is built for several. */
const TELLS_APART =
  /\b(?:TARGETARCH|TARGETPLATFORM|BUILDPLATFORM|BUILDARCH|TARGETVARIANT)\b|\buname -m\b|--print-architecture\b|\bapk --print-arch\b/;
/** `FROM base-$TARGETARCH`. */
const STAGE_FOR_EACH = /^FROM .*\$\{?TARGETARCH/im;
const ARCHITECTURE = /(?<![A-Za-z0-9])(?:amd64|x86[-_]64|arm64|aarch64)(?![A-Za-z0-9])/;

export const downloadForOneArchitecture = rule({
  id: 'download-for-one-architecture',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'Where an image is built for several architectures, so is what it downloads.',
  why: 'The rest of the file chooses by architecture; this program comes for one, and does not start on the others.',
  source: 'Dockerfile reference, "Automatic platform ARGs in the global scope"',
  examples: [
    {
      text: 'FROM debian:12\nARG TARGETARCH\nRUN curl -f https://acme.io/a-$TARGETARCH.tgz | tar xz\nRUN curl -f «https://acme.io/b-amd64.tgz» | tar xz\n',
    },
    { text: 'FROM debian:12\nRUN curl -fL https://acme.io/b-amd64.tgz | tar xz\n' },
    { text: 'FROM debian:12\nRUN if [ "$(uname -m)" = x86_64 ]; then curl -f https://acme.io/b-amd64.tgz | tar xz; fi\n' },
    { text: 'FROM --platform=linux/amd64 debian:12\nARG TARGETARCH\nRUN curl -f https://acme.io/b-amd64.tgz | tar xz\n' },
    {
      text: 'FROM --platform=$BUILDPLATFORM debian:12\nARG TARGETARCH\nRUN curl -f https://acme.io/b-amd64.tgz | tar xz\n',
    },
  ],
  mentions: /\b(?:curl|wget)\b/,
  *detect({ file, stages, path }) {
    if (!TELLS_APART.test(file.text)) return;
    for (const { stage, step } of allRuns({ file, stages, path })) {
      if (isForOnePlatform(stage, file.text) || choosesItself(step.instruction.line)) continue;
      for (const download of downloads(step.script)) {
        const found = ARCHITECTURE.exec(download.url.text)?.[0];
        if (found === undefined || download.call.conditional || !usesOf(download, step, stage).some(({ installs }) => installs)) continue;
        yield reportOn(
          step.instruction,
          download.url.span,
          `this is for ${found} alone, and the image for others too: take it by \`TARGETARCH\``,
        );
      }
    }
  },
});

/** A RUN that asks for the architecture, and does one thing or another. */
const choosesItself = (line: string): boolean => TELLS_APART.test(line) && /\b(?:if|case|test)\b|\[ /.test(line);

/** A platform that FROM names, or a name of the stage or the base that says so. */
const isForOnePlatform = (stage: Stage, text: string): boolean =>
  lineage(stage)[0]?.from.flags.some(({ name }) => name === 'platform') === true ||
  ARCHITECTURE.test(`${stage.name} ${stage.base.reference}`) ||
  STAGE_FOR_EACH.test(text);
