import type { Span } from '../../dockerfile/index.ts';
import type { ShellWord } from './types.ts';

/** A word before the rest of the script is known. `source` is as written; `substitutions` are scripts inside of it. */
export interface WordToken extends ShellWord {
  readonly kind: 'word';
  readonly source: string;
  readonly substitutions: readonly Inner[];
  /** Offset in the script after its last character. */
  readonly end: number;
  /** What stands between its quotes, where the whole word is one pair of quotes without escapes. */
  readonly inside: Inner | undefined;
}

/** A part of the script, by its offsets: what stands in `$(…)` or between quotes. */
export interface Inner {
  readonly start: number;
  readonly end: number;
}

export interface OperatorToken {
  readonly kind: 'operator';
  readonly text: string;
  readonly start: number;
}

export type Token = WordToken | OperatorToken;

/** Control operators and redirections, longest first (POSIX 2.3, with those of bash). */
const OPERATOR = /&&|\|\||;;&|;;|;&|\|&|&>>|&>|<<<|<<-|<<|<&|<>|>>|>&|>\||[;&|()<>\n]/y;
const BLANKS = /[ \t\r]+/y;
/** Characters of a word that mean nothing by themselves. */
const PLAIN = /[^ \t\r\n;&|()<>'"\\$`*?[#]+/y;
const NAME = /\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/y;

/** Parts a script into words and operators. Never fails: a quote that is not closed ends with the text. */
export class Lexer {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly end: number,
    /** Offset in the Dockerfile of an offset in the text. */
    private readonly place: (offset: number) => number,
    start = 0,
  ) {
    this.at = start;
  }

  next(): Token | undefined {
    this.skipBlanks();
    if (this.at >= this.end) return undefined;
    const operator = this.isProcessSubstitution() ? undefined : this.match(OPERATOR);
    if (operator !== undefined) return { kind: 'operator', text: operator, start: this.at - operator.length };
    return this.word();
  }

  /** `<(…)` of bash. */
  private isProcessSubstitution(): boolean {
    return (this.text[this.at] === '<' || this.text[this.at] === '>') && this.text[this.at + 1] === '(';
  }

  private skipBlanks(): void {
    for (;;) {
      this.match(BLANKS);
      const { text, at } = this;
      if (text[at] === '\\' && text[at + 1] === '\n') this.at += 2;
      else if (text[at] === '#' && at < this.end) {
        const newline = text.indexOf('\n', at);
        this.at = newline === -1 ? this.end : newline;
      } else return;
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || this.at + found.length > this.end) return undefined;
    this.at += found.length;
    return found;
  }

  private word(): WordToken {
    const start = this.at;
    const draft: Draft = { text: '', expands: false, quoted: false, substitutions: [] };
    while (this.at < this.end && this.part(draft));
    // A character that begins no word, as a lone `)`, is none of ours to refuse.
    if (this.at === start) this.at += 1;
    const source = this.text.slice(start, this.at);
    const { text, expands, quoted, substitutions } = draft;
    const inside = /^(?:'[^']*'|"[^"\\]*")$/.test(source) ? { start: start + 1, end: this.at - 1 } : undefined;
    return { kind: 'word', text, source, expands, quoted, substitutions, inside, end: this.at, span: this.span(start, this.at) };
  }

  private span(start: number, end: number): Span {
    return { start: this.place(start), end: this.place(end - 1) + 1 };
  }

  /** Reads what comes next of a word; false at its end. */
  private part(draft: Draft): boolean {
    const plain = this.match(PLAIN);
    if (plain !== undefined) {
      draft.text += plain;
      return true;
    }
    switch (this.text[this.at]) {
      case '#':
        draft.text += '#';
        this.at += 1;
        return true;
      case '*':
      case '?':
      case '[':
        draft.text += this.text[this.at];
        draft.expands = true;
        this.at += 1;
        return true;
      case "'":
        this.singleQuoted(draft);
        return true;
      case '"':
        this.doubleQuoted(draft);
        return true;
      case '\\':
        if (this.text[this.at + 1] !== '\n') draft.text += this.text[this.at + 1] ?? '';
        this.at = Math.min(this.at + 2, this.end);
        return true;
      case '$':
      case '`':
        this.expansion(draft);
        return true;
      default:
        if (!this.isProcessSubstitution()) return false;
        this.expansion(draft);
        return true;
    }
  }

  private singleQuoted(draft: Draft): void {
    const close = this.text.indexOf("'", this.at + 1);
    const end = close === -1 || close >= this.end ? this.end : close;
    draft.text += this.text.slice(this.at + 1, end);
    draft.quoted = true;
    this.at = Math.min(end + 1, this.end);
  }

  private doubleQuoted(draft: Draft): void {
    draft.quoted = true;
    this.at += 1;
    while (this.at < this.end) {
      const character = this.text[this.at];
      if (character === '"') {
        this.at += 1;
        return;
      }
      if (character === '$' || character === '`') this.expansion(draft);
      else if (character === '\\' && /[$`"\\\n]/.test(this.text[this.at + 1] ?? '')) {
        if (this.text[this.at + 1] !== '\n') draft.text += this.text[this.at + 1];
        this.at += 2;
      } else {
        draft.text += character;
        this.at += 1;
      }
    }
  }

  private expansion(draft: Draft): void {
    const start = this.at;
    const end = this.endOfExpansion(draft);
    if (end > start + 1) draft.expands = true;
    draft.text += this.text.slice(start, end);
    this.at = end;
  }

  private endOfExpansion(draft: Draft): number {
    const { text, at, end } = this;
    if (text[at] === '`') {
      const close = closing(text, at + 1, end, '`');
      draft.substitutions.push({ start: at + 1, end: close });
      return Math.min(close + 1, end);
    }
    if (text[at + 1] === '(' || text[at + 1] === '{') {
      const close = closing(text, at + 2, end, text[at + 1] === '(' ? ')' : '}');
      const isArithmetic = text[at + 2] === '(';
      if (text[at + 1] === '(' && !isArithmetic) draft.substitutions.push({ start: at + 2, end: close });
      return Math.min(close + 1, end);
    }
    NAME.lastIndex = at;
    return Math.min(at + (NAME.exec(text)?.[0].length ?? 1), end);
  }
}

interface Draft {
  text: string;
  expands: boolean;
  quoted: boolean;
  readonly substitutions: Inner[];
}

/** The offset of the bracket or backtick that closes, past quotes and pairs inside; the end where none does. */
function closing(text: string, start: number, end: number, close: string): number {
  const open = close === ')' ? '(' : close === '}' ? '{' : undefined;
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === "'" && close !== '`' && close !== '}') at = Math.max(at, text.indexOf("'", at + 1));
    else if (character === '"' && close !== '`') at = endOfQuotes(text, at, end);
    else if (character === open) depth += 1;
    else if (character === close) {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return end;
}

/** The offset of the double quote that closes, as far as a search that looks into nothing finds it. */
function endOfQuotes(text: string, open: number, end: number): number {
  for (let at = open + 1; at < end; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return end;
}
