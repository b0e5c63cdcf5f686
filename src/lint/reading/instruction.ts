import { baseImage } from './from.ts';
import { healthCommand } from './health.ts';
import { readPairs } from './pairs.ts';
import { copiedPaths } from './paths.ts';
import { readPorts } from './ports.ts';
import { runFlags } from './run.ts';
import { shellArguments } from './shell-arguments.ts';
import type { Said } from './said.ts';
import type { Source } from './source.ts';
import type { Content } from './types.ts';

type Name = Exclude<Content['name'], 'comment' | 'directive'>;

const textOf =
  (name: 'WORKDIR' | 'VOLUME' | 'USER' | 'STOPSIGNAL' | 'MAINTAINER') =>
  (source: Source): Content => ({ name, text: source.restOfLine().text });

const readers: Readonly<Record<Name, (source: Source) => Content>> = {
  ONBUILD: (source) => ({ name: 'ONBUILD', trigger: readContent(source) }),
  FROM: (source) => ({ name: 'FROM', base: baseImage(source) }),
  COPY: (source) => ({ name: 'COPY', ...copiedPaths(source, 'COPY') }),
  RUN: (source) => {
    const { mounts, key } = runFlags(source);
    return { name: 'RUN', mounts, flags: key, arguments: shellArguments(source) };
  },
  WORKDIR: textOf('WORKDIR'),
  ENTRYPOINT: (source) => ({ name: 'ENTRYPOINT', arguments: shellArguments(source) }),
  VOLUME: textOf('VOLUME'),
  EXPOSE: (source) => ({ name: 'EXPOSE', ports: readPorts(source) }),
  ENV: (source) => ({ name: 'ENV', pairs: readPairs(source) }),
  ARG: (source) => ({ name: 'ARG', variable: variable(source) }),
  USER: textOf('USER'),
  LABEL: (source) => ({ name: 'LABEL', pairs: readPairs(source) }),
  STOPSIGNAL: textOf('STOPSIGNAL'),
  CMD: (source) => ({ name: 'CMD', arguments: shellArguments(source) }),
  SHELL: (source) => ({ name: 'SHELL', arguments: shellArguments(source) }),
  MAINTAINER: textOf('MAINTAINER'),
  ADD: (source) => ({ name: 'ADD', ...copiedPaths(source, 'ADD') }),
  HEALTHCHECK: (source) => ({ name: 'HEALTHCHECK', arguments: healthCommand(source) }),
};
const NAMES = Object.keys(readers) as Name[];

/** One instruction, comment or directive. Refuses what hadolint would refuse. */
export function readContent(source: Source): Content {
  if (source.char === '#') return readComment(source);
  const first = source.char.toUpperCase();
  const name = NAMES.find((known) => known.startsWith(first) && source.skipWord(known)) ?? source.refuse();
  source.someSpace();
  return readers[name](source);
}

const ESCAPE = /#[ \t]*escape[ \t]*=[ \t]*(?:[^\\]|\\[abfnrtv\\"'])/y;
const SYNTAX = /#[ \t]*syntax[ \t]*=[ \t]*(?=[^\n])/y;

function readComment(source: Source): Content {
  if (source.match(ESCAPE) !== undefined || source.attempt(readSyntax) !== undefined) return { name: 'directive' };
  source.at += 1;
  return { name: 'comment', text: source.until('\n') };
}

function readSyntax(source: Source): Said {
  if (source.match(SYNTAX) === undefined) source.refuse();
  return source.restOfLine();
}

/** The name that ARG declares: the first, without its value. */
function variable(source: Source): string {
  const named = source.attempt(() => {
    const name = source.word('=');
    source.restOfLine();
    return name;
  });
  return named ?? source.restOfLine().text;
}
