import { wordsOf, type Evaluation, type Instruction } from '../../../dockerfile/index.ts';
import type { Subject } from '../../types.ts';
import { baseOf, baseStage, workdirOf } from './base-images.ts';
import { withoutQuotes } from './hadolint.ts';

/**
 * The working directory that an instruction finds, as it is written, with variables in it; undefined where it depends on
 * an image that is not known.
 */
export function workdirAt({ file, evaluation }: Pick<Subject, 'file' | 'evaluation'>, instruction: Instruction): string | undefined {
  const image = baseOf(evaluation, instruction);
  return leadingTo(evaluation, file.instructions, instruction)
    .filter(({ name }) => name === 'WORKDIR')
    .reduce<string | undefined>((at, { args }) => joinPath(at, withoutQuotes(wordsOf(args)[0] ?? '')), image && workdirOf(image));
}

/** The instructions before this one, of its stage and of the stages that it is built on. */
function leadingTo(evaluation: Evaluation, all: readonly Instruction[], { span }: Instruction): readonly Instruction[] {
  const found: Instruction[] = [];
  const starts = evaluation.stages.map(({ from }) => from.span.start);
  let end = span.start;
  for (let stage = starts.findLastIndex((start) => start < end); stage !== -1; stage = baseStage(evaluation, stage)) {
    const start = starts[stage] ?? 0;
    end = Math.min(span.start, starts[stage + 1] ?? span.start);
    found.unshift(...all.filter((instruction) => instruction.span.start > start && instruction.span.start < end));
  }
  return found;
}

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
