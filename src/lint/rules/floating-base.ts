import { allSteps, isRunnable, type Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { isNewestMeant } from './parts/newest.ts';
import { isSaidNear } from './parts/comments.ts';
import { givenUp } from './parts/end-of-life.ts';
import { compilerLeft } from './parts/compilers.ts';
import { fromWords } from './parts/from.ts';
import { floats } from './parts/floating-images.ts';
import { officialName } from './parts/official-images.ts';
import { reportOn } from './parts/report.ts';
import { installsPackages, is, packageName, toolCall } from './parts/tools.ts';

/** What somebody built on the same machine. */
const OWN = /^local\//;

/** A comment that says why no version is named. */
const NEWEST_ON_PURPOSE = /\b(?:latest|newest|newer|updated?|up[- ]to[- ]date|overrid\w+|overwritten)\b/i;

export const floatingBase = rule({
  id: 'floating-base',
  aliases: [],
  answeredBy: ['DL3006', 'DL3007'],
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
    { text: 'FROM «acme/ubuntu-base:latest»\nRUN make\n' },
    { text: 'FROM local/app\nRUN make\n' },
    { text: 'FROM alpine:edge\nRUN make\n', path: 'Docker/Dockerfile-Newest' },
    { text: 'FROM acme/app-nightly:latest\nRUN make\n' },
    { text: 'FROM alpine\nCOPY server /\nCMD ["/server"]\n' },
    { text: 'FROM «alpine»\nRUN apk add --no-cache ca-certificates\nCOPY server /\nCMD ["/server"]\n' },
    { text: 'FROM «acme/app:latest»\nRUN make\n' },
    { text: 'FROM marketplace.example.com/google/ubuntu2404:latest\nCMD ["app"]\n' },
    { text: 'FROM alpine AS docs\nRUN apk add --no-cache rsync\nFROM alpine:3.22\nCOPY app /\nCMD ["/app"]\n' },
    { text: '# The newest certificates are wanted.\nFROM debian:testing\nRUN make\n' },
    { text: 'FROM alpine AS downloader\nCOPY get.sh /\nRUN sh /get.sh\nFROM alpine:3.22\nCOPY --from=downloader /a /a\nCMD ["/a"]\n' },
    {
      text: 'FROM alpine AS fetch\nRUN apk add --no-cache curl && curl -fLo /a.tgz https://acme.io/1.2/a.tgz && tar -xzf /a.tgz\nFROM alpine:3.22\nCOPY --from=fetch /a /a\nCMD ["/a"]\n',
    },
    {
      text: 'FROM alpine/git AS source\nRUN git clone -b v1.2 https://acme.io/a.git /src\nFROM alpine:3.22\nCOPY --from=source /src /src\nCMD ["/src/run"]\n',
    },
    {
      text: 'FROM «alpine» AS build\nRUN apk add --no-cache gcc && cc -o /a /a.c\nFROM alpine:3.22\nCOPY --from=build /a /a\nCMD ["/a"]\n',
    },
    {
      text: 'FROM «debian» AS redis\nRUN apt-get update && apt-get install -y redis-server\nFROM alpine:3.22\nCOPY --from=redis /usr/bin/redis-server /\nCMD ["/redis-server"]\n',
    },
  ],
  *detect({ file, stages, path }) {
    if (isNewestMeant(path)) return;
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
      if (onlyFetches(stage) || OWN.test(base.name) || /nightly/.test(base.name) || isShellAlone(stage)) continue;
      const todo = why.includes('Debian')
        ? 'name one, as `-debian12`'
        : base.name.startsWith('cgr.dev/')
          ? 'add its digest'
          : 'name a version';
      yield reportOn(from, word.span, `\`${base.reference}\` ${why}, and changes without notice: ${todo}`);
    }
  },
});

/** Alpine under a program that is copied: nothing of its release is used. */
const isShellAlone = (stage: Stage): boolean =>
  stage.base.name === 'alpine' && stage.isInImage && !allSteps(stage).some(({ instruction }) => instruction.name === 'RUN');

/** Systems, and images of the tools themselves, of which a stage that fetches uses nothing but those tools. */
const SYSTEMS = /^(?:alpine|debian|ubuntu|fedora|busybox|alpine\/git|bitnami\/git|alpine\/curl|curlimages\/curl)$/;
const FETCHING = new Set(
  'curl wget git tar unzip gunzip gzip xz bunzip2 jq sha256sum sha512sum shasum md5sum gpg cosign mkdir mv cp ln rm chmod chown ls cat echo cd test [ set true update-ca-certificates'.split(
    ' ',
  ),
);
const TOOLS = new Set(
  'curl wget git tar unzip gzip xz xz-utils bzip2 jq gnupg gpg ca-certificates ca-certificates-bundle coreutils cosign bash'.split(' '),
);

/** A stage that others take from, and which only fetches what does not depend on its system. */
function onlyFetches({ isInImage, name, base, steps }: Stage): boolean {
  if (isInImage || !SYSTEMS.test(officialName(base.name) ?? base.name)) return false;
  if (/download|fetch|clone/.test(name ?? '')) return !steps.some((step) => compilerLeft(step) !== undefined);
  return steps
    .filter(({ instruction }) => instruction.name === 'RUN')
    .flatMap(({ script }) => script.calls)
    .every((call) => {
      const tool = toolCall(call);
      if (installsPackages(tool)) return tool.given.every((word) => TOOLS.has(packageName(word)));
      return FETCHING.has(call.program) || is(tool, 'apt-get', 'update') || is(tool, 'apk', 'update');
    });
}
