import type { Candidate } from './candidate.ts';

/** An application object as a program of the framework runs it: `python -m MODULE ARGUMENTS`. */
export function runBy(c: Candidate, module: string, args: (target: string, isFactory: boolean) => readonly string[]): Candidate {
  const { application: a } = c;
  if (a.kind !== 'asgi' && a.kind !== 'wsgi') return c;
  return { ...c, application: { kind: 'module', module, file: a.file, arguments: args(`${a.module}:${a.object}`, a.factory) } };
}
