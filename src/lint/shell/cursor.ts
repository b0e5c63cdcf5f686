import type { Kind, Token } from './token.ts';

/** Reads something, or refuses. */
export type Read<T> = () => T;

/** A here-document whose lines follow at the next line end. */
export interface Pending {
  readonly name: string;
  readonly quoted: boolean;
  readonly dashed: boolean;
  readonly fill: (parts: readonly Token[]) => void;
}

/** What is read only once the whole grammar is known: lists of commands inside words. */
export interface Grammar {
  /** One command at least. */
  readonly list: (cursor: Cursor) => readonly Token[];
  readonly listOrNothing: (cursor: Cursor) => readonly Token[];
}

/** Thrown where the text is not what was expected. One object: it is thrown often, and its stack is of no use. */
const refusal = new Error('not this');

/**
 * A place in a script, with choices as parser combinators know them (and as ShellCheck's parser, whose verdict counts,
 * has them): an alternative is only tried when the one before it refused at its very first character; `attempt` takes
 * back what was read.
 */
export class Cursor {
  at = 0;
  pending: readonly Pending[] = [];

  constructor(
    readonly text: string,
    readonly grammar: Grammar,
    /** The offset in the whole script. */
    readonly place: (at: number) => number = (at): number => at,
  ) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  /** The character after this one. */
  get next(): string {
    return this.text.charAt(this.at + 1);
  }

  refuse(): never {
    throw refusal;
  }

  token(kind: Kind, start: number, parts: readonly Token[], text = ''): Token {
    return { kind, text, parts, start: this.place(start), end: this.place(this.at) };
  }

  /** Whether the text goes on so. */
  sees(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** Reads this text or refuses without reading any of it. */
  expect(text: string): string {
    if (!this.sees(text)) this.refuse();
    this.at += text.length;
    return text;
  }

  /** Reads one of these characters. */
  oneOf(chars: string): string {
    const { char } = this;
    if (char === '' || !chars.includes(char)) this.refuse();
    this.at += 1;
    return char;
  }

  /** Reads what the pattern matches here. It has to be sticky. */
  match(pattern: RegExp): string {
    const { at } = this;
    if (!this.skip(pattern)) this.refuse();
    return this.text.slice(at, this.at);
  }

  /** Whether the pattern matched, and was read. It has to be sticky. */
  skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  /** Whether the pattern matches here. It has to be sticky. */
  isAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  any(): string {
    if (this.ended) this.refuse();
    this.at += 1;
    return this.text.charAt(this.at - 1);
  }

  /** The first alternative that does not refuse at once. */
  choose<T>(...alternatives: readonly Read<T>[]): T {
    const { at, pending } = this;
    for (const read of alternatives) {
      try {
        return read();
      } catch (error) {
        if (error !== refusal || this.at !== at) throw error;
        this.pending = pending;
      }
    }
    return this.refuse();
  }

  optional<T>(read: Read<T>): T | undefined {
    return this.choose<T | undefined>(read, () => undefined);
  }

  /** Refuses without having read anything. */
  attempt<T>(read: Read<T>): T {
    const { at, pending } = this;
    try {
      return read();
    } catch (error) {
      if (error === refusal) {
        this.at = at;
        this.pending = pending;
      }
      throw error;
    }
  }

  many<T>(read: Read<T>): T[] {
    const found: T[] = [];
    for (;;) {
      const { at, pending } = this;
      try {
        found.push(read());
      } catch (error) {
        if (error !== refusal || this.at !== at) throw error;
        this.pending = pending;
        return found;
      }
      if (this.at === at) return found;
    }
  }

  /** Items, as long as there are any. */
  all<T>(read: (cursor: Cursor) => T | undefined): T[] {
    const found: T[] = [];
    for (let item = read(this); item !== undefined; item = read(this)) found.push(item);
    return found;
  }

  atLeastOne<T>(read: Read<T>): T[] {
    return [read(), ...this.many(read)];
  }

  /** Reads and goes back; a refusal stays where it happened. */
  ahead<T>(read: Read<T>): T {
    const { at, pending } = this;
    const found = read();
    this.at = at;
    this.pending = pending;
    return found;
  }

  /** Whether this could be read here. */
  isAhead(read: Read<unknown>): boolean {
    const { at, pending } = this;
    try {
      read();
      return true;
    } catch (error) {
      if (error !== refusal) throw error;
      return false;
    } finally {
      this.at = at;
      this.pending = pending;
    }
  }

  /** Refuses where this could be read. */
  not(read: Read<unknown>): void {
    if (this.isAhead(read)) this.refuse();
  }

  /** Items up to what could be `end`, or to where no further one begins. */
  until<T>(read: Read<T>, end: Read<unknown>): T[] {
    const found: T[] = [];
    while (!this.ended && !this.isAhead(end)) {
      const { at } = this;
      const item = this.optional(() => ({ item: read() }));
      if (item === undefined) break;
      found.push(item.item);
      if (this.at === at) break;
    }
    return found;
  }

  /** The text that a reader would read. */
  textOf(read: Read<unknown>): string {
    const { at } = this;
    const end = this.attempt(() =>
      this.ahead(() => {
        read();
        return this.at;
      }),
    );
    this.at = end;
    return this.text.slice(at, end);
  }

  /** Reads another text with the same grammar; undefined when it refuses. */
  inner<T>(text: string, start: number, read: (cursor: Cursor) => T): T | undefined {
    const place = this.place(start);
    const cursor = new Cursor(text, this.grammar, () => place);
    try {
      return read(cursor);
    } catch (error) {
      if (error !== refusal) throw error;
      return undefined;
    }
  }
}

/** What a reader of the whole text makes of it; undefined when it refuses. */
export function tryToRead<T>(cursor: Cursor, read: (cursor: Cursor) => T): T | undefined {
  try {
    return read(cursor);
  } catch (error) {
    if (error !== refusal) throw error;
    return undefined;
  }
}
