import { wordsOf } from '../../dockerfile/index.ts';
import { allSteps, isRunnable, type Base, type Stage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { endedIn, givenUp, KNOWN_ON } from './parts/end-of-life.ts';
import { fromWords } from './parts/from.ts';
import { isSaidNear } from './parts/comments.ts';
import { reportOn } from './parts/report.ts';
import { is, toolCall } from './parts/tools.ts';

/** A comment that says why the base is old: binaries that also run on old systems are built on one. */
const OLD_ON_PURPOSE = /\bglibc\b|\bcompatib|\bold(?:er|est)?\b|\bdropped\b|\ball (?:the )?(?:linux )?distr(?:o|ibution)s\b/i;

export const baseEndOfLife = rule({
  id: 'base-end-of-life',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'The base image still gets security fixes.',
  why: `What has come to its end keeps each hole that is found from then on, and its packages leave the mirrors. The dates are the vendors’, as of ${KNOWN_ON}; Debian counts until its LTS ends, Ubuntu until its public support does.`,
  source: 'the vendors’ calendars, named in src/lint/rules/parts/end-of-life.ts; the images’ descriptions on Docker Hub',
  examples: [
    { text: 'FROM «python:3.8-slim-buster»\n' },
    { text: 'FROM «openjdk:17-jdk-slim» AS build\nFROM «ubuntu:18.04»\nCOPY --from=build /a /a\n' },
    { text: 'ARG NODE=16\nFROM «node:${NODE}-alpine»\n' },
    { text: 'FROM «public.ecr.aws/docker/library/centos:7»\n' },
    { text: 'FROM «node:22-alpine3.16»\n' },
    { text: 'FROM «gcr.io/distroless/static-debian10»\n' },
    { text: 'FROM python:3.13-slim-bookworm\n' },
    { text: 'FROM python:3\nFROM golang:1\nFROM alpine:3\nFROM postgres:16\n' },
    { text: 'FROM debian:bookworm AS buster\nFROM buster\n' },
    { text: 'FROM eclipse-temurin:8-jre-jammy\nFROM mcr.microsoft.com/dotnet/sdk:8.0\n' },
    { text: 'ARG VERSION\nFROM node:${VERSION}\n' },
    { text: '# An old glibc, so that the binary runs everywhere.\nFROM ubuntu:18.04\n' },
    { text: 'FROM centos:7\n', path: 'build/Dockerfile-centos7' },
    {
      text: 'FROM ubuntu:18.04 AS ubuntu-18.04-base\nRUN make\nFROM ubuntu:18.04 AS ubuntu-18\nRUN make\nFROM balenalib/rpi-raspbian:buster AS raspbian-buster-base\nRUN make\n',
    },
    { text: 'FROM centos:7\n', path: 'lib/librdkafka-2.15.0/Dockerfile' },
    { text: 'FROM «centos:7»\n', path: 'images/rdkafka-2.15/Dockerfile' },
    { text: 'FROM centos:7\n', path: 'cdn-in-a-box/Dockerfile' },
    { text: 'FROM alpine:3.16\nRUN make\n', path: 'Docker/Dockerfile-Oldest' },
    { text: 'FROM debian:buster\nRUN make\n', path: 'docker/loader-buster/Dockerfile' },
    { text: 'FROM golang:1.21 AS builder\nRUN make\nFROM alpine:3.22\nCOPY app /\nCMD ["/app"]\n' },
    { text: 'FROM centos:7\n', path: 'Dockerfile.conformance' },
    { text: 'FROM «centos:7»\n', path: 'Dockerfile.latest' },
    { text: '# Use *only* in our tests.\nFROM centos:7\n' },
    { text: 'FROM alpine:3.22\nRUN make\nFROM alpine:3.12 AS debug\nRUN apk add gdb\n' },
    { text: 'FROM «alpine:3.12» AS debug\nRUN apk add gdb\nFROM debug\nRUN make\n' },
    { text: '# It has to run on all the linux\n# distributions we support.\nFROM debian:11\nRUN make\n' },
    { text: '# The binary has to run on\n# all the Linux distributions that we support.\n#\n#\n#\n#\n#\n#\nFROM debian:11\nRUN make\n' },
    {
      text: 'FROM golang:1.21 AS tools\nRUN go install example.com/sign@v1 && sign --verify app\nFROM scratch\nCOPY --from=tools /app /\n',
    },
    { text: 'FROM golang:1.21\nRUN go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.0\n' },
    { text: 'FROM golang:1.21\nCOPY go.mod go.sum /m/\nRUN cd /m && go install google.golang.org/protobuf/cmd/protoc-gen-go\n' },
    { text: 'FROM «golang:1.21»\nCOPY go.mod main.go /m/\nRUN cd /m && go install .\n' },
    { text: 'FROM «golang:1.21» AS build\nCOPY . .\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /\n' },
    { text: 'FROM «golang:1.21»\nRUN go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.1.0\n' },
    { text: 'FROM python:3.8\nRUN pip install tox==4\n' },
  ],
  *detect({ file, stages, path }) {
    if (/oldest/i.test(path)) return;
    const seen = new Set<string>();
    for (const stage of stages) {
      const { from, base, parent } = stage;
      const word = fromWords(from)[0];
      // What nothing needs is not built.
      if (!stage.isNeeded && !isRunnable(stage)) continue;
      if (word === undefined || parent !== undefined || !base.isKnown || seen.has(base.reference)) continue;
      const instead = givenUp(base);
      const ended = endedIn(base).map(({ what, since }) => `${what} has had no security fixes since ${since}`);
      if (instead === undefined && ended.length === 0) continue;
      if (isSaidNear(file, from, OLD_ON_PURPOSE) || isInName(base, `${path} ${stage.name ?? ''}`) || bringsToolsAlone(stage, stages))
        continue;
      if (stages.some(isTestBench)) return;
      seen.add(base.reference);
      if (instead !== undefined) yield reportOn(from, word.span, `\`${base.name}\` was given up: ${instead}`);
      else yield reportOn(from, word.span, `${ended.join(', and ')}: take a newer release`);
    }
  },
});

/** `Dockerfile-centos7`, `FROM centos:7 AS centos-7-base`: the old system is what the file is for. */
function isInName({ name, tag = '' }: Base, names: string): boolean {
  const system = name.slice(name.lastIndexOf('/') + 1);
  const release = /^[\w.]+/.exec(tag)?.[0] ?? '';
  // The name of a release says it all: `AS raspbian-buster`.
  if (/^[a-z]{5,}$/.test(release)) return new RegExp(`(?:^|[-_./ ])${release}(?:$|[-_./ ])`, 'i').test(names);
  const [major = '', ...rest] = release.split('.');
  return (
    release !== '' && new RegExp(`${system}[-_.:]?${major}(?:${rest.map((part) => `[._]?${part}`).join('')}|(?![\\d._]))`, 'i').test(names)
  );
}

/** Compilers whose version matters to what they compile, and to nothing else in the image. */
const COMPILER = /^(?:golang|rust)$/;
const COMPILES =
  /^(?:go (?:build|test|run|generate)|cargo (?:build|test|run)|git (?:clone|fetch)|make .*|bazel .*|goreleaser .*|xx-go .*)$/;

/** A stage of a compiler that compiles nothing of the project: it fetches and verifies with tools, or generates code. */
function bringsToolsAlone(stage: Stage, stages: readonly Stage[]): boolean {
  if (!COMPILER.test(stage.base.name)) return false;
  const steps = stages.filter((other) => allSteps(other).some((step) => stage.steps.includes(step))).flatMap(allSteps);
  const tools = steps.filter(({ instruction }) => instruction.name === 'RUN').flatMap(({ script }) => script.calls.map(toolCall));
  const installed = tools.flatMap((tool) => (is(tool, 'go', 'install') ? tool.given : []));
  if (steps.some(bringsSource) || tools.some(({ tool, subcommand }) => COMPILES.test(`${tool} ${subcommand}`))) return false;
  if (!stage.isInImage) return installed.length > 0;
  return installed.filter(({ text }) => /\/protoc-gen-[\w-]+(?:@|$)/.test(text)).length * 2 >= Math.max(1, installed.length);
}

/** What a COPY may bring that is not compiled. */
const NO_SOURCE = /\.sh$|(?:^|\/)go\.(?:mod|sum)$/;

/** Something of the context, or of a mount of it. */
const bringsSource = ({ instruction: { name, flags, args }, mounts }: Stage['steps'][number]): boolean =>
  ((name === 'COPY' || name === 'ADD') &&
    !flags.some((flag) => flag.name === 'from') &&
    !wordsOf(args)
      .slice(0, -1)
      .every((word) => NO_SOURCE.test(word))) ||
  mounts.some(({ type, from }) => type === 'bind' && from === '');

/** An image that starts nothing and brings a runner of tests: the versions in it are those to be tested with. */
const isTestBench = (stage: Stage): boolean =>
  stage.isLast &&
  !isRunnable(stage) &&
  stage.steps.some(({ script }) =>
    script.calls
      .map(toolCall)
      .some((tool) => is(tool, 'pip', 'install') && tool.given.some(({ text }) => /^(?:tox|nox|pytest)\b/.test(text))),
  );
