import { isRunnable } from '../stages/index.ts';
import { rule } from '../types.ts';
import { isSaidNear } from './parts/comments.ts';
import { givenUp } from './parts/end-of-life.ts';
import { fromWords } from './parts/from.ts';
import { floats } from './parts/floating-images.ts';
import { reportOn } from './parts/report.ts';

/** A comment that says why no version is named. */
const NEWEST_ON_PURPOSE = /\b(?:latest|newest|newer|updated?|up[- ]to[- ]date|overrid\w+|overwritten)\b/i;

export const floatingBase = rule({
  id: 'floating-base',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'FROM names a version of its image.',
  why: 'A tag such as `latest` or `alpine` is moved to each new release: the next build may have another language version or another system, without a change here.',
  source: 'Docker, "Building best practices", "Pin base image versions"; docker-library/official-images',
  examples: [
    { text: 'FROM «node»\nCOPY . .\nCMD ["node", "server.js"]\n' },
    { text: 'FROM «python:slim» AS build\nRUN make\nFROM python:slim\nFROM «nginx:stable-alpine»\nCOPY --from=build /site /site\n' },
    { text: 'FROM «debian:testing»\nRUN make\n' },
    { text: 'FROM «gcr.io/distroless/java:nonroot»\nCOPY app.jar /\n' },
    { text: 'FROM node:22-alpine AS build\nFROM build\nFROM scratch\nRUN make\n' },
    { text: 'FROM debian:bookworm-slim\nRUN make\n' },
    { text: 'FROM node:iron-alpine\nRUN make\n' },
    { text: 'FROM gcr.io/distroless/static-debian12:nonroot\nRUN make\n' },
    { text: 'FROM gcr.io/distroless/static:nonroot\nCOPY server /\n' },
    { text: `FROM alpine:latest@sha256:${'0'.repeat(64)}\nRUN make\n` },
    { text: 'ARG VERSION=latest\nFROM golang:${VERSION}\nRUN make\n' },
    { text: 'FROM node\nCMD ["echo", "hello"]\n' },
    { text: 'FROM our-own-base\nRUN make\n' },
    { text: 'FROM marketplace.example.com/google/ubuntu2404:latest\nCMD ["app"]\n' },
    { text: 'FROM alpine AS docs\nRUN apk add --no-cache rsync\nFROM alpine:3.22\nCOPY app /\nCMD ["/app"]\n' },
    { text: '# The newest certificates are wanted.\nFROM debian:testing\nRUN make\n' },
  ],
  *detect({ file, stages }) {
    // Nothing is built: somebody's example.
    if (!stages.some(({ steps }) => steps.some(({ instruction }) => /^(?:RUN|COPY|ADD)$/.test(instruction.name)))) return;
    const seen = new Set<string>();
    for (const stage of stages) {
      const { from, base, parent, isInImage } = stage;
      // A target for documentation or development.
      if (!stage.isNeeded && !isRunnable(stage)) continue;
      const word = fromWords(from)[0];
      // base-end-of-life tells of images that were given up.
      const why = parent === undefined && givenUp(base) === undefined ? floats(base) : undefined;
      if (word === undefined || why === undefined || word.text.includes('$') || seen.has(base.reference)) continue;
      seen.add(base.reference);
      // A stage that only lends files may follow a channel that it names.
      if ((!isInImage && why.includes('moves on') && base.tag?.startsWith('latest') !== true) || isSaidNear(file, from, NEWEST_ON_PURPOSE))
        continue;
      const todo = why.includes('Debian')
        ? 'name one, as `-debian12`'
        : base.name.startsWith('cgr.dev/')
          ? 'add its digest'
          : 'name a version';
      yield reportOn(from, word.span, `\`${base.reference}\` ${why}, and changes without notice: ${todo}`);
    }
  },
});
