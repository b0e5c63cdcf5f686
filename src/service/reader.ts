/** One reader is one file: what it reads, why it may believe it, and a pure function from input to findings. */
export interface Reader<Input, Output> {
  /** `python/requirements`: the file's place below `service/`. */
  readonly id: string;
  /** One line for people. */
  readonly about: string;
  /** Where the rule comes from: a specification, a manual. */
  readonly source: string;
  /** The files it looks at, as patterns, for documentation. */
  readonly reads: readonly string[];
  read(input: Input): Output;
}

/** Keeps the types of a reader's input and output while it is written as an object. */
export const reader = <Input, Output>(definition: Reader<Input, Output>): Reader<Input, Output> => definition;
