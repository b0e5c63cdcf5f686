import type { Span } from '../../text.ts';
import type { Module } from './module.ts';
import type { Program } from './program.ts';
import type { ClassNode, Expression, FunctionNode } from './tree.ts';

/** A value that the source fixes, when no variable of the environment says otherwise. */
export interface Known {
  readonly value: string | number | boolean | null;
  /** The environment variable that may replace it. */
  readonly variable?: string;
  /** Where it is written. */
  readonly at: { readonly module: Module } & Span;
}

export interface Scope {
  readonly module: Module;
  readonly program: Program;
  /** Enclosing functions, innermost last. */
  readonly functions: readonly FunctionNode[];
  readonly classes?: readonly ClassNode[];
  /** What names are worth inside a function that is followed. */
  readonly locals?: Locals;
}

/** Names inside a function, each worth what it was given last; a name without a known value is there all the same. */
export type Locals = ReadonlyMap<string, () => Known | undefined>;

/** `os.environ`. */
export const isEnviron = (e: Expression, { program, module }: Scope): boolean => program.qualify(e, module) === 'os.environ';

/** Calls that read a variable and may give a default. */
export const READS_WITH_DEFAULT = new Set(['os.environ.get', 'os.getenv', 'os.environ.setdefault', 'decouple.config']);
