import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, UserError } from '../../base/index.ts';
import { decodeText } from '../../dockerfile/index.ts';
import { mergePatterns, mergeTexts, openConflict, type Merged, type WrittenBefore, type WrittenFile } from '../../write/index.ts';

/**
 * What was there: nothing; the text itself; a text that takes the new one in, cleanly or with conflicts; or a file that
 * Plimsoll did not write and does not touch.
 */
export type State = 'missing' | 'same' | 'merged' | 'conflict' | 'foreign';

/** A file as it is and as it is to be. */
export interface Change {
  readonly path: string;
  readonly state: State;
  /** What is there; empty where nothing is. */
  readonly before: string;
  /** What is to be there. */
  readonly text: string;
  /** Lines of `text`, from 1, at which conflicts begin. */
  readonly conflicts: readonly number[];
  /** What to remember as written; undefined for a foreign file. */
  readonly base: string | undefined;
}

/** Whether writing would change the file. */
export const isChanged = ({ state, before, text }: Change): boolean => state === 'missing' || before !== text;

/**
 * Each file merged with what is there. `replaced`: foreign files that are to be written anew. Throws UserError for a
 * file that cannot be read, or that holds an open conflict.
 */
export function changesTo(
  root: string,
  files: readonly WrittenFile[],
  before: WrittenBefore,
  replaced: ReadonlySet<string> = new Set(),
): Promise<Change[]> {
  return Promise.all(
    files.map(async (file) => {
      const there = await textOf(root, file.path);
      if (there === undefined || replaced.has(file.path)) {
        return { path: file.path, state: 'missing', before: there ?? '', text: file.text, conflicts: [], base: file.text } as const;
      }
      refuseOpenConflict(file.path, there);
      return changeOf(file, there, before.get(file.path));
    }),
  );
}

function changeOf(file: WrittenFile, there: string, base: string | undefined): Change {
  const known = { path: file.path, before: there };
  if (file.merge === undefined && base === undefined && there !== file.text)
    return { ...known, state: 'foreign', text: there, conflicts: [], base: undefined };
  const merged: Merged =
    file.merge === 'patterns' ? mergePatterns(base ?? '', there, file.text) : mergeTexts(base ?? file.text, there, file.text);
  const state = merged.conflicts.length > 0 ? 'conflict' : merged.text === there ? 'same' : 'merged';
  return { ...known, state, ...merged };
}

function refuseOpenConflict(file: string, text: string): void {
  const line = openConflict(text);
  if (line === undefined) return;
  throw new UserError('a conflict is still open here', 'keep what you want of both sides, take its marks out, and run this again', {
    file,
    line,
  });
}

/** The text of a file in the folder, byte for byte; undefined where there is none. Throws UserError where it cannot be read. */
export async function textOf(root: string, path: string): Promise<string | undefined> {
  try {
    return decodeText(await readFile(join(root, path)));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new UserError(`${path} cannot be read (${errorCode(error) ?? 'unknown'})`, 'it should be a file that you may read', {
      file: path,
    });
  }
}
