import { wordsOf, type Instruction } from '../../../dockerfile/index.ts';
import type { Subject } from '../../types.ts';
import { workdirOf } from './base-images.ts';
import { withoutQuotes } from './hadolint.ts';
import { inStage } from './in-stage.ts';

/**
 * The working directory that an instruction finds, as it is written, with variables in it; undefined where it depends on
 * an image that is not known.
 */
export function workdirAt(subject: Pick<Subject, 'stages'>, instruction: Instruction): string | undefined {
  const found = inStage(subject, instruction);
  return found?.before
    .filter((step) => step.instruction.name === 'WORKDIR')
    .map((step) => withoutQuotes(wordsOf(step.instruction.args)[0] ?? ''))
    .reduce<string | undefined>(joinPath, workdirOf(found.stage.base));
}

/** Whether the file itself tells the working directory, and not what is known of the base image: then it is surely that one. */
export const isFolderTold = (subject: Pick<Subject, 'stages'>, instruction: Instruction): boolean =>
  inStage(subject, instruction)?.step.workdir !== undefined;

/** A path seen from a folder; undefined where it cannot be told. It ends in `/` where the path does. */
export function joinPath(folder: string | undefined, path: string): string | undefined {
  if (path === '' || path.startsWith('$') || path.includes('\\')) return undefined;
  if (path.startsWith('/')) return path;
  if (folder === undefined || !folder.startsWith('/')) return undefined;
  const parts: string[] = folder.split('/').filter((part) => part !== '');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop()?.includes('$') === true) return undefined;
  }
  return `/${parts.join('/')}${/(?:^|\/)\.?$/.test(path) && parts.length > 0 ? '/' : ''}`;
}
