import type { Base } from '../stages/index.ts';
import { rule } from '../types.ts';
import { endedIn, givenUp, KNOWN_ON } from './parts/end-of-life.ts';
import { fromWords } from './parts/from.ts';
import { isSaidNear } from './parts/comments.ts';
import { reportOn } from './parts/report.ts';

/** A comment that says why the base is old: binaries that also run on old systems are built on one. */
const OLD_ON_PURPOSE = /\bglibc\b|\bcompatib|\bold(?:er|est)?\b/i;

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
    { text: 'FROM «openjdk:17-jdk-slim» AS build\nFROM «ubuntu:18.04»\n' },
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
  ],
  *detect({ file, stages, path }) {
    const seen = new Set<string>();
    for (const { from, base, parent } of stages) {
      const word = fromWords(from)[0];
      if (word === undefined || parent !== undefined || !base.isKnown || seen.has(base.reference)) continue;
      const instead = givenUp(base);
      const ended = endedIn(base).map(({ what, since }) => `${what} has had no security fixes since ${since}`);
      if (instead === undefined && ended.length === 0) continue;
      if (isSaidNear(file, from, OLD_ON_PURPOSE) || isInName(base, path)) continue;
      seen.add(base.reference);
      if (instead !== undefined) yield reportOn(from, word.span, `\`${base.name}\` was given up: ${instead}`);
      else yield reportOn(from, word.span, `${ended.join(', and ')}: take a newer release`);
    }
  },
});

/** `Dockerfile-centos7`: the old system is what the file is for. */
function isInName({ name, tag = '' }: Base, path: string): boolean {
  const system = name.slice(name.lastIndexOf('/') + 1);
  const release = /^[\w.]+/.exec(tag)?.[0] ?? '';
  return release !== '' && new RegExp(`${system}[-_.:]?${release.replaceAll('.', '[._]?')}`, 'i').test(path);
}
