import { findProgram } from '../start/executable.ts';
import { surroundingsOf } from '../start/surroundings.ts';
import type { Subject } from '../types.ts';
import { argvOf, interpreterOf } from './start.ts';

/** A program of the image that listens to nothing; undefined where it has none, as in an image of one static program. */
export async function idleArgv(subject: Subject): Promise<readonly string[] | undefined> {
  const around = await surroundingsOf(subject);
  const candidates = [
    [interpreterOf(argvOf(subject.contract)), '-c', 'import time; time.sleep(600)'],
    ['sleep', '600'],
  ];
  return candidates.find(([program = '']) => findProgram(program, around).ok);
}
