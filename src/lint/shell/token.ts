/**
 * A part of a shell script. `parts` are in the order in which the script is walked: for a command its redirections,
 * then what it sets, then its words.
 */
export interface Token {
  readonly kind: Kind;
  /** What the part says itself; empty where only its parts do. */
  readonly text: string;
  readonly parts: readonly Token[];
  /** Offsets in the script. */
  readonly start: number;
  readonly end: number;
}

export type Kind =
  // Words and what they are made of.
  | 'word'
  | 'literal'
  | 'single-quoted'
  | 'double-quoted'
  /** `$'…'`. */
  | 'escaped-quoted'
  /** `$"…"`. */
  | 'translated'
  /** `$a`, `${a}`. */
  | 'parameter'
  /** `$((…))`. */
  | 'arithmetic'
  /** `$(…)`. */
  | 'substitution'
  | 'backticks'
  | 'glob'
  /** The operators at the beginning of a part inside `${…}`. */
  | 'operator'
  // Commands.
  | 'command'
  | 'redirected'
  | 'pipeline'
  | 'pipe'
  | 'assignment'
  /** Whatever only its parts matter of. */
  | 'other';

/** The words of a command, its name first. Only a `command` has any. */
export const commandWords = ({ parts }: Token): readonly Token[] => parts.filter((part) => part.kind !== 'assignment' || isArgument(part));

/** `export A=b`: an assignment that is an argument of the command before it. */
const isArgument = (token: Token): boolean => token.text === 'argument';
