import { baseImage } from './from.ts';
import { healthCommand } from './health.ts';
import { readPairs } from './pairs.ts';
import { copiedPaths } from './paths.ts';
import { readPorts } from './ports.ts';
import { runFlags } from './run.ts';
import { shellArguments } from './shell-arguments.ts';
import type { Source } from './source.ts';
import type { Content } from './types.ts';

type Name = Exclude<Content['name'], 'comment' | 'directive'>;

const readers: { readonly [N in Name]: (source: Source) => Extract<Content, { name: N }> | Content } = {
  ONBUILD: (source) => ({ name: 'ONBUILD', trigger: readContent(source) }),
  FROM: (source) => ({ name: 'FROM', base: baseImage(source) }),
  COPY: (source) => ({ name: 'COPY', ...copiedPaths(source, 'COPY') }),
  RUN: (source) => {
    const { mounts, key } = runFlags(source);
    return { name: 'RUN', mounts, flags: key, arguments: shellArguments(source) };
  },
  WORKDIR: (source) => ({ name: 'WORKDIR', text: source.restOfLine().text }),
  ENTRYPOINT: (source) => ({ name: 'ENTRYPOINT', arguments: shellArguments(source) }),
  VOLUME: (source) => ({ name: 'VOLUME', text: source.restOfLine().text }),
  EXPOSE: (source) => ({ name: 'EXPOSE', ports: readPorts(source) }),
  ENV: (source) => ({ name: 'ENV', pairs: readPairs(source) }),
  ARG: (source) => ({ name: 'ARG', variable: variable(source) }),
  USER: (source) => ({ name: 'USER', text: source.restOfLine().text }),
  LABEL: (source) => ({ name: 'LABEL', pairs: readPairs(source) }),
  STOPSIGNAL: (source) => ({ name: 'STOPSIGNAL', text: source.restOfLine().text }),
  CMD: (source) => ({ name: 'CMD', arguments: shellArguments(source) }),
  SHELL: (source) => ({ name: 'SHELL', arguments: shellArguments(source) }),
  MAINTAINER: (source) => ({ name: 'MAINTAINER', text: source.restOfLine().text }),
  ADD: (source) => ({ name: 'ADD', ...copiedPaths(source, 'ADD') }),
  HEALTHCHECK: (source) => ({ name: 'HEALTHCHECK', arguments: healthCommand(source) }),
};
const NAMES = Object.keys(readers) as Name[];

/** One instruction, comment or directive. Refuses what hadolint would refuse. */
export function readContent(source: Source): Content {
  if (source.char === '#') return readComment(source);
  const name = NAMES.find((known) => source.skipWord(known)) ?? source.refuse();
  source.someSpace();
  return readers[name](source);
}

function readComment(source: Source): Content {
  const directive = /^#[ \t]*(?:escape[ \t]*=[ \t]*(?:[^\\]|\\[abfnrtv\\"'])|syntax[ \t]*=[ \t]*(?=[^\n]))/.exec(
    source.text.slice(source.at, source.at + 200),
  )?.[0];
  if (directive !== undefined) {
    const read = source.attempt(() => {
      source.at += directive.length;
      if (directive.includes('syntax')) source.restOfLine();
      return true;
    });
    if (read === true) return { name: 'directive' };
  }
  source.at += 1;
  return { name: 'comment', text: source.takeWhile((char) => char !== '\n').text };
}

/** The name that ARG declares: the first, without its value. */
function variable(source: Source): string {
  const named = source.attempt(() => {
    const name = source.word((char) => char === '=').text;
    source.restOfLine();
    return name;
  });
  return named ?? source.restOfLine().text;
}
