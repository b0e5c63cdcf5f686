import { joined, type Said } from './said.ts';

/** Thrown where the text is not what was expected. */
const refusal = new Error('not this');

/** A place in a Dockerfile, and what its grammar is made of (language-docker, `Parser/Prelude.hs`). */
export class Source {
  at = 0;
  /** The escape character where it can end a run of text; one of two code units never does. */
  private readonly stop: string;

  constructor(
    /** Without a byte order mark, line ends as `\n`. */
    readonly text: string,
    readonly escape: string,
    /** The offset in the file. */
    readonly place: (at: number) => number,
  ) {
    this.stop = escape.length === 1 ? escape : '';
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  refuse(): never {
    throw refusal;
  }

  /** What is read, or undefined and nothing is. */
  attempt<T>(read: (source: Source) => T): T | undefined {
    const { at } = this;
    try {
      return read(this);
    } catch (error) {
      if (error !== refusal) throw error;
      this.at = at;
      return undefined;
    }
  }

  sees(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Whether it was there. */
  skip(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.skip(text)) this.refuse();
  }

  /** In any case of its letters. */
  skipWord(text: string): boolean {
    if (this.text.slice(this.at, this.at + text.length).toUpperCase() !== text.toUpperCase()) return false;
    this.at += text.length;
    return true;
  }

  /** What the pattern matches here, and undefined where it does not. It has to be sticky. */
  match(pattern: RegExp): string | undefined {
    const { at } = this;
    pattern.lastIndex = at;
    if (!pattern.test(this.text)) return undefined;
    this.at = pattern.lastIndex;
    return this.text.slice(at, this.at);
  }

  /** The next character. */
  take(): string {
    if (this.ended) this.refuse();
    this.at += 1;
    return this.text.charAt(this.at - 1);
  }

  /** The characters up to the first of these. */
  until(ends: string): string {
    return this.match(patternUntil(ends)) ?? '';
  }

  /** Text that begins here. */
  said(text: string, at: number): Said {
    return { text, placeAt: (index) => this.place(at + index) };
  }

  /** Blanks. Whether there were any. */
  blanks(): boolean {
    const { at } = this;
    while (this.char === ' ' || this.char === '\t') this.at += 1;
    return this.at > at;
  }

  /** Continued line ends with the comments after them: a blank where there were blanks after them, or nothing. */
  lineBreaks(): '' | ' ' | undefined {
    let found: '' | ' ' | undefined;
    for (;;) {
      const { at } = this;
      if (!this.skip(this.escape)) return found;
      this.blanks();
      if (!this.newlines()) {
        this.at = at;
        return found;
      }
      this.comments();
      found = this.blanks() || found === ' ' ? ' ' : '';
    }
  }

  private comments(): void {
    for (;;) {
      const { at } = this;
      this.blanks();
      if (this.skip('#')) {
        this.until('\n');
        if (this.newlines()) continue;
      }
      this.at = at;
      return;
    }
  }

  private newlines(): boolean {
    const { at } = this;
    while (this.char === '\n') this.at += 1;
    return this.at > at;
  }

  /** Blanks and continued line ends. Whether there was any blank. */
  space(): boolean {
    let found = false;
    for (;;) {
      if (this.blanks()) found = true;
      const broken = this.lineBreaks();
      if (broken === undefined) return found;
      if (broken === ' ') found = true;
    }
  }

  someSpace(): void {
    if (!this.space()) this.refuse();
  }

  /** The same where it is there, and whether it was. */
  skipSpace(): boolean {
    const { at } = this;
    if (this.space()) return true;
    this.at = at;
    return false;
  }

  /** A symbol and the space after it. */
  symbol(text: string): void {
    this.expect(text);
    this.space();
  }

  /** What ends an instruction: blanks, line ends, or the end. */
  endOfInstruction(): void {
    const { at } = this;
    while (this.blanks() || this.newlines() || this.lineBreaks() !== undefined);
    if (this.at === at && !this.ended) this.refuse();
  }

  /** The rest of the line and of those that continue it. Never empty. */
  restOfLine(): Said {
    const parts: Said[] = [];
    while (!this.ended && this.char !== '\n') {
      const text = this.lineBreaks() ?? this.escapes() ?? this.until(`\n${this.stop}`);
      parts.push(this.said(text, this.at - text.length));
    }
    const said = joined(parts);
    return said.text === '' ? this.refuse() : said;
  }

  /** Escape characters that continue no line. */
  private escapes(): string | undefined {
    if (this.char !== this.escape) return undefined;
    const { at } = this;
    while (this.char === this.escape) this.at += 1;
    return this.char === '\n' ? this.refuse() : this.text.slice(at, this.at);
  }

  /** Text up to a blank, a line end or one of these characters. Refuses where there is none. */
  word(ends = ''): string {
    return this.wordOrNothing(ends) ?? this.refuse();
  }

  wordOrNothing(ends = ''): string | undefined {
    const start = this.at;
    const stops = ` \t\n${this.stop}${ends}`;
    let text = '';
    for (;;) {
      const { at } = this;
      text += this.lineBreaks() ?? (ends.includes(this.escape) ? undefined : this.escapes()) ?? this.until(stops);
      if (this.at === at) return at === start ? undefined : text;
    }
  }

  /** Text up to a line end or one of these characters, of which the `quotes` can be escaped. May be empty. */
  escapable(quotes: string, ends = ''): Said {
    const parts: Said[] = [];
    const stops = `\n${this.stop}${quotes}${ends}`;
    for (;;) {
      const { at } = this;
      const text = this.lineBreaks() ?? (this.char === this.escape ? this.escapedIn(quotes) : this.until(stops));
      if (this.at === at) return joined(parts);
      parts.push(this.said(text, this.at - text.length));
    }
  }

  private escapedIn(quotes: string): string {
    const { at } = this;
    while (this.char === this.escape) this.at += 1;
    const isQuote = (): boolean => !this.ended && quotes.includes(this.char);
    if (!isQuote()) return this.text.slice(at, this.at);
    this.at = at + 1;
    return isQuote() ? this.take() : this.refuse();
  }

  /** Between quotes that can be escaped inside. */
  quoted(quote: string): Said {
    this.expect(quote);
    const said = this.escapable(quote);
    this.expect(quote);
    return said;
  }

  /** Between quotes, with the escapes that a Haskell string has. */
  literal(quote: string): string {
    this.expect(quote);
    let text = '';
    while (this.char !== quote) text += this.char === '\\' ? this.haskellEscape() : this.take();
    this.expect(quote);
    return text;
  }

  private haskellEscape(): string {
    this.at += 1;
    const digits = this.match(/[0-9]{1,8}/y);
    if (digits !== undefined) return Number(digits) > 0x10ffff ? this.refuse() : String.fromCodePoint(Number(digits));
    const index = 'abfnrtv\\"\''.indexOf(this.char || '?');
    if (index === -1) return this.refuse();
    this.at += 1;
    return '\u0007\b\f\n\r\t\v\\"\''.charAt(index);
  }
}

/** Characters that are none of these. */
function patternUntil(ends: string): RegExp {
  let pattern = patterns.get(ends);
  if (pattern === undefined) {
    pattern = new RegExp(`[^${ends.replaceAll(/[\\\]^-]/g, String.raw`\$&`)}]+`, 'y');
    patterns.set(ends, pattern);
  }
  return pattern;
}

const patterns = new Map<string, RegExp>();
