import type { Finding, Linted } from '../../lint/index.ts';

export type ReportedFinding = Omit<Finding, 'report'>;

/** One file that was judged: what is said of it, without its tree. */
export interface JudgedFile extends Pick<Linted, 'problems' | 'isFragment' | 'developmentSaidBy'> {
  /** As it was named, with `/`. */
  readonly path: string;
  readonly file: Pick<Linted['file'], 'text' | 'rangeOf'>;
  readonly findings: readonly ReportedFinding[];
}

/** A format of `plimsoll lint`: all files to one text. */
export type LintFormat = (files: readonly JudgedFile[]) => string;
