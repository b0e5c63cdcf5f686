/** A file for the repository, whole. */
export interface WrittenFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  /** Ends with a newline. */
  readonly text: string;
  /** Where the repository has such a file already, it stays as it is. */
  readonly keepOwn?: boolean;
}
