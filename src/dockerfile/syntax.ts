import type { Range } from '../base/index.ts';

/** Part of the text: offsets in UTF-16 code units, `end` is the one after the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A word of an instruction. `text` has continuations taken out and quotes left in; a JSON string is decoded. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

/** `--name=value` after the keyword; quotes and escapes are resolved as BuildKit does. */
export interface Flag {
  readonly text: string;
  readonly name: string;
  readonly value: string | undefined;
  readonly span: Span;
}

/** `NAME=value` of ENV and LABEL; `legacy` is the older `NAME value` with a blank between. */
export interface Pair {
  readonly name: string;
  readonly value: string;
  readonly legacy: boolean;
  readonly nameSpan: Span;
  readonly valueSpan: Span;
}

/** What follows keyword and flags. Which form an instruction takes is BuildKit's dispatch table. */
export type Arguments =
  | { readonly form: 'none' }
  /** A JSON list of strings. */
  | { readonly form: 'exec'; readonly words: readonly Word[]; readonly span: Span }
  /** The rest of the line as one text. */
  | { readonly form: 'text'; readonly word: Word }
  /** Words between blanks. */
  | { readonly form: 'words'; readonly words: readonly Word[] }
  | { readonly form: 'pairs'; readonly pairs: readonly Pair[] }
  /** HEALTHCHECK: `NONE`, or `CMD` and its command. */
  | { readonly form: 'health'; readonly kind: Word; readonly command: Arguments }
  /** ONBUILD. */
  | { readonly form: 'trigger'; readonly instruction: Instruction };

export interface Heredoc {
  /** The word that ends it, quotes taken out. */
  readonly name: string;
  /** The file descriptor before `<<`; 0 where none is written. */
  readonly fileDescriptor: number;
  /** Whether variables in it are expanded: no part of the name is quoted. */
  readonly expand: boolean;
  /** `<<-`: leading tabs are taken out when it is used. */
  readonly chomp: boolean;
  /** As it stands, tabs included, up to the line of the terminator. */
  readonly content: string;
  readonly contentSpan: Span;
  /** The terminator's line without its end; empty at the end of the text when it is missing. */
  readonly terminatorSpan: Span;
}

export interface Instruction {
  readonly kind: 'instruction';
  /** As written. */
  readonly keyword: string;
  /** In capitals: `RUN`. */
  readonly name: string;
  readonly flags: readonly Flag[];
  readonly args: Arguments;
  readonly heredocs: readonly Heredoc[];
  /** The instruction as one line: continuations and the comments inside taken out. */
  readonly line: string;
  readonly keywordSpan: Span;
  /** From the keyword to the end of the last line, heredocs included, without that line's end. */
  readonly span: Span;
  /** Lines from 1, as BuildKit counts them. */
  readonly startLine: number;
  readonly endLine: number;
  /** The last line before any heredoc. */
  readonly continuedTo: number;
  /** Comments right above, each without `#` and the blanks around; an empty comment parts them from what was above. */
  readonly comments: readonly string[];
  /** Lines of the continuation that hold nothing. BuildKit will refuse these one day. */
  readonly emptyContinuations: readonly number[];
  /** Offset in the text of an offset in `line`. */
  readonly sourceOf: (offset: number) => number;
}

export interface Comment {
  readonly kind: 'comment';
  /** Without `#` and the blanks around. */
  readonly text: string;
  readonly span: Span;
  readonly line: number;
}

/** `# escape=`, `# syntax=`, `# check=` at the top. */
export interface Directive {
  readonly kind: 'directive';
  readonly name: 'syntax' | 'escape' | 'check';
  readonly value: string;
  readonly span: Span;
  readonly line: number;
}

/** What BuildKit would refuse. A value, never thrown: the rest of the file stays usable. */
export interface Problem {
  /** Stable name of the kind of problem. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly span: Span;
  /** Lines from 1 that BuildKit names too; empty where it names none. */
  readonly startLine: number;
  readonly endLine: number;
}

export interface Dockerfile {
  readonly text: string;
  /** Comments, directives and instructions in the order of the text; between them are only line ends and blanks. */
  readonly nodes: readonly (Comment | Directive | Instruction)[];
  readonly instructions: readonly Instruction[];
  readonly directives: readonly Directive[];
  readonly escape: '\\' | '`';
  /** In the order in which BuildKit would meet them. */
  readonly problems: readonly Problem[];
  /** Line and column, from 1, of a span. */
  readonly rangeOf: (span: Span) => Range;
}
