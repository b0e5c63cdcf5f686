import type { Linted } from '../../lint/index.ts';

/** One file that was judged. */
export interface JudgedFile extends Linted {
  /** As it was named, with `/`. */
  readonly path: string;
}

/** A format of `plimsoll lint`: all files to one text. */
export type LintFormat = (files: readonly JudgedFile[]) => string;
