import type { Span } from '../../dockerfile/index.ts';

/** A word of a shell command. */
export interface ShellWord {
  /** Quotes taken out; variables and substitutions as they are written: `$HOME/bin`. */
  readonly text: string;
  /** Where it stands in the Dockerfile, quotes included. */
  readonly span: Span;
  /** It holds a variable, a substitution or a glob: only the shell will know what it is. */
  readonly expands: boolean;
  readonly quoted: boolean;
}

export interface Redirection {
  /** `>`, `>>`, `<`, `<<`, `<<<`, `>&` and their like. */
  readonly operator: string;
  readonly target: ShellWord;
}

/**
 * What becomes of a failure (POSIX 2.9): it ends the script and so the build, or it is lost: to the `;`, the line end or
 * the loop after it, to a pipe, to `|| true`, or to the background. `tested`: it is what somebody asks for (`if`, `!`,
 * `|| other`), or it happens in a substitution.
 */
export type Fate = 'ends' | 'lost to ;' | 'lost to |' | 'lost to ||' | 'lost to &' | 'tested';

/** A program that a script calls, with what it is given. */
export interface Call {
  /** Without its folder, and without what only passes it on (`sudo`, `env`, `exec`, `command`): `apt-get`. Empty where only the shell will know. */
  readonly program: string;
  /** What follows the program. */
  readonly args: readonly ShellWord[];
  /** The program, as written. */
  readonly word: ShellWord;
  /** What passes it on: `sudo`, `exec`. */
  readonly wrappers: readonly string[];
  /** `NAME=value` before it. */
  readonly assignments: readonly ShellWord[];
  readonly redirections: readonly Redirection[];
  /** From the first of its words to the last. */
  readonly span: Span;
  readonly fate: Fate;
  /** It runs only if something holds: in `if`, `case`, a loop, a function, or after `||`. */
  readonly conditional: boolean;
  /** The call into which a pipe leads its output. */
  readonly pipedInto: Call | undefined;
  /** Programs that `sh -c '…'` or `$(…)` calls inside of another call. */
  readonly inner: boolean;
}

/** A script as a list of calls, in the order in which they are written. */
export interface Script {
  readonly text: string;
  readonly calls: readonly Call[];
  /** `NAME=value` that stand alone. */
  readonly assignments: readonly ShellWord[];
}
