import type { ConsoleScript } from './index.ts';
import { usual, WEIGHT, type Candidate } from '../frameworks/candidate.ts';
import { servingCall } from '../frameworks/serving.ts';
import { programAt, rootOf, type Program, type Sources } from '../source/program.ts';
import { reachableFrom } from '../source/reachable.ts';

/** Below a program with `__main__`, above a script that does not serve. */
const CONSOLE_WEIGHT = WEIGHT.served - 5;

/**
 * Console scripts of the service's own package whose module is there. Those that serve may be what is started; others
 * are tools, and are started only where somebody names them. Source: packaging.python.org, “Entry points specification”.
 */
export function consoleCandidates(scripts: readonly ConsoleScript[], sources: Sources): readonly Candidate[] {
  const program = programAt(sources, '');
  return scripts.flatMap(({ name: script, target, at }) => {
    const [module = '', calls = ''] = target.replace(/\s*\[.*$/, '').split(':');
    const file = program.pathOf(module);
    if (file === undefined || calls === '') return [];
    const root = rootOf(file, sources);
    const serves = serving(file, programAt(sources, root));
    return [
      {
        application: { kind: 'console', script, module, calls, file },
        framework: 'script',
        root,
        at,
        ...(serves ? { weight: CONSOLE_WEIGHT + usual(file) } : { weight: 0, byNameOnly: true }),
      } as const,
    ];
  });
}

const serving = (file: string, program: Program): boolean =>
  reachableFrom(program.sources.module(file), program).some((module) => servingCall(module, program) !== undefined);
