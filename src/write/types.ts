/** A file for the repository, whole. */
export interface WrittenFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  /** Ends with a newline. */
  readonly text: string;
  /** How it meets one that is there: `patterns` go below those of the person. Else line by line. */
  readonly merge?: 'patterns';
}
