import { joined, NOTHING, type Said } from './said.ts';

/** Thrown where the text is not what was expected. */
const refusal = new Error('not this');

/** A place in a Dockerfile, and what its grammar is made of (language-docker, `Parser/Prelude.hs`). */
export class Source {
  at = 0;

  constructor(
    /** Without a byte order mark, line ends as `\n`. */
    readonly text: string,
    readonly escape: string,
    /** The offset in the file. */
    readonly place: (at: number) => number,
  ) {}

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
  attempt<T>(read: () => T): T | undefined {
    const { at } = this;
    try {
      return read();
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

  /** The next character. */
  take(): Said {
    if (this.ended) this.refuse();
    const said = { text: this.char, places: [this.place(this.at)] };
    this.at += 1;
    return said;
  }

  /** The characters up to the first that is none of these. */
  takeWhile(accepts: (char: string) => boolean): Said {
    const { at } = this;
    while (!this.ended && accepts(this.char)) this.at += 1;
    return { text: this.text.slice(at, this.at), places: placesFrom(this, at) };
  }

  /** Blanks. Whether there were any. */
  blanks(): boolean {
    const { at } = this;
    while (this.char === ' ' || this.char === '\t') this.at += 1;
    return this.at > at;
  }

  /** Continued line ends with the comments after them: a blank where there were blanks after them, or nothing. */
  lineBreaks(): Said | undefined {
    let found: Said | undefined;
    for (;;) {
      const { at } = this;
      if (!this.skip(this.escape)) return found;
      this.blanks();
      if (!this.newlines()) {
        this.at = at;
        return found;
      }
      this.comments();
      const blank = this.blanks() || found?.text === ' ';
      found = blank ? { text: ' ', places: [this.place(at)] } : NOTHING;
    }
  }

  private comments(): void {
    for (;;) {
      const { at } = this;
      this.blanks();
      if (this.skip('#')) {
        while (!this.ended && this.char !== '\n') this.at += 1;
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
      if (broken.text === ' ') found = true;
    }
  }

  someSpace(): void {
    if (!this.space()) this.refuse();
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
    while (!this.ended && this.char !== '\n')
      parts.push(this.lineBreaks() ?? this.escapes() ?? this.takeWhile((c) => c !== '\n' && c !== this.escape));
    const said = joined(parts);
    return said.text === '' ? this.refuse() : said;
  }

  /** Escape characters that continue no line. */
  private escapes(): Said | undefined {
    if (this.char !== this.escape) return undefined;
    const said = this.takeWhile((c) => c === this.escape);
    return this.char === '\n' ? this.refuse() : said;
  }

  /** Text up to a blank, a line end or such a character. Refuses where there is none. */
  word(ends: (char: string) => boolean = () => false): Said {
    const parts: Said[] = [];
    const isText = (char: string): boolean => !' \t\n'.includes(char) && char !== this.escape && !ends(char);
    for (;;) {
      const broken = this.lineBreaks();
      if (broken !== undefined) parts.push(broken);
      else if (!this.ended && isText(this.char)) parts.push(this.takeWhile(isText));
      else if (this.char === this.escape && !ends(this.escape)) parts.push(this.escapes() ?? this.refuse());
      else break;
    }
    return parts.length === 0 ? this.refuse() : joined(parts);
  }

  /** Text in which these characters can be escaped. May be empty. */
  escapable(quotes: string, accepts: (char: string) => boolean = () => true): Said {
    const parts: Said[] = [];
    const isText = (char: string): boolean => char !== this.escape && char !== '\n' && !quotes.includes(char) && accepts(char);
    for (;;) {
      const broken = this.lineBreaks();
      if (broken !== undefined) parts.push(broken);
      else if (this.ended) break;
      else if (isText(this.char)) parts.push(this.takeWhile(isText));
      else if (this.char === this.escape) parts.push(this.escapedIn(quotes));
      else break;
    }
    return joined(parts);
  }

  private escapedIn(quotes: string): Said {
    const { at } = this;
    const said = this.takeWhile((c) => c === this.escape);
    const isQuote = (): boolean => !this.ended && quotes.includes(this.char);
    if (!isQuote()) return said;
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
  literal(quote: string): Said {
    this.expect(quote);
    const parts: Said[] = [];
    while (this.char !== quote) parts.push(this.char === '\\' ? this.haskellEscape() : this.take());
    this.expect(quote);
    return joined(parts);
  }

  private haskellEscape(): Said {
    const places = [this.place(this.at)];
    this.at += 1;
    const digits = /^[0-9]+/.exec(this.text.slice(this.at, this.at + 8))?.[0];
    if (digits !== undefined) {
      this.at += digits.length;
      const code = Number(digits);
      return code > 0x10ffff ? this.refuse() : { text: String.fromCodePoint(code), places };
    }
    const index = 'abfnrtv\\"\''.indexOf(this.char || '?');
    if (index === -1) return this.refuse();
    this.at += 1;
    return { text: '\u0007\b\f\n\r\t\v\\"\''.charAt(index), places };
  }
}

function placesFrom(source: Source, start: number): readonly number[] {
  const places: number[] = [];
  for (let at = start; at < source.at; at += 1) places.push(source.place(at));
  return places;
}
