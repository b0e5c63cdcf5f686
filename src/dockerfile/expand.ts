import { PatternError, replacePattern, withoutPrefix, withoutSuffix } from './shell-pattern.ts';
import { isSpace } from './text.ts';

/** The value of a variable; undefined where it is not set. */
export type Environment = (name: string) => string | undefined;

export interface ExpandOptions {
  /** `\`, or what `# escape=` says. */
  readonly escape: string;
  /** Quotes stay in the result. */
  readonly keepQuotes?: boolean;
  /** Escapes stay in the result. */
  readonly keepEscapes?: boolean;
  /** A variable that is not set stays as it is written. */
  readonly keepUnset?: boolean;
  /** Quotes are characters like others, as in a heredoc. */
  readonly ignoreQuotes?: boolean;
}

export interface Expansion {
  readonly value: string;
  /** `value` parted at white space that is not quoted. */
  readonly words: readonly string[];
  /** Names that were looked up and found. */
  readonly matched: ReadonlySet<string>;
  /** Names that were looked up and not set. */
  readonly unmatched: ReadonlySet<string>;
  readonly problem?: ExpandProblem;
}

export interface ExpandProblem {
  readonly code: 'unterminated-quote' | 'bad-substitution' | 'unset-variable';
  readonly message: string;
}

class Refused extends Error {
  constructor(
    readonly code: ExpandProblem['code'],
    message: string,
  ) {
    super(message);
  }
}

/**
 * Takes quotes and escapes out of `text` and puts variables in, as BuildKit's shell.Lex does: `$name`, `${name}`
 * and the modifiers `- :- + :+ ? :? # ## % %% / //` (POSIX XCU 2.6.2).
 */
export function expand(text: string, environment: Environment, options: ExpandOptions): Expansion {
  if (PLAIN.test(text)) return { value: text, words: [text], matched: NO_NAMES, unmatched: NO_NAMES };
  const matched = new Set<string>();
  const unmatched = new Set<string>();
  const lookUp = (name: string): string | undefined => {
    const value = environment(name);
    (value === undefined ? unmatched : matched).add(name);
    return value;
  };
  try {
    const { value, words } = new Lexer(text, lookUp, options).run();
    return { value, words, matched, unmatched };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { value: '', words: [], matched, unmatched, problem: { code: error.code, message: error.message } };
  }
}

/** Visible ASCII without `$`, quotes and what may be the escape: what stands for itself alone, as most words do. */
const PLAIN = /^[!#%&(-[\]^_a-{|}~]+$/;

const NO_NAMES: ReadonlySet<string> = new Set();

const END = '';
/** `${a:-${b:-…}}`: BuildKit goes deeper, until memory ends; no one writes even ten. */
const MAX_DEPTH = 1_000;
const SPECIAL_PARAMETERS = '@*#?-$!';

/** One reading of one text. The state that BuildKit shares between nested readings is shared here too. */
class Lexer {
  private at = 0;
  private depth = 0;
  private keepEscapes: boolean;
  /** The word in the making: one for all nested readings, as in BuildKit, where `a${b:-c}` loses its `a`. */
  private word = '';
  private readonly text: string;
  private readonly lookUp: Environment;
  private readonly options: ExpandOptions;

  constructor(text: string, lookUp: Environment, options: ExpandOptions) {
    // Go's text/scanner drops a byte order mark at the start.
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.lookUp = lookUp;
    this.options = options;
    this.keepEscapes = options.keepEscapes ?? false;
  }

  run(): { value: string; words: readonly string[] } {
    return this.readUntil(END, this.keepEscapes);
  }

  private peek(): string {
    return this.text.charAt(this.at);
  }

  private next(): string {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) return END;
    const char = String.fromCodePoint(code);
    this.at += char.length;
    return char;
  }

  private readUntil(stop: string, keepEscapes: boolean): { value: string; words: readonly string[] } {
    const outer = this.keepEscapes;
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new Refused('bad-substitution', `\`\${…}\` is nested ${MAX_DEPTH} deep`);
    this.keepEscapes = keepEscapes;
    try {
      let value = '';
      const words = new Words(this);
      this.word = '';
      for (let char = this.peek(); char !== END; char = this.peek()) {
        if (stop !== END && char === stop) {
          this.at += 1;
          return { value, words: words.end() };
        }
        const special = this.readSpecial(char);
        if (special !== undefined) {
          value += special;
          if (char === '$') words.addText(special);
          else words.addRaw(special);
          continue;
        }
        const read = this.next();
        if (read !== this.options.escape) {
          words.addText(read);
          value += read;
          continue;
        }
        if (this.keepEscapes) {
          words.addRaw(read);
          value += read;
        }
        const escaped = this.next();
        if (escaped === END) break;
        words.addRaw(escaped);
        value += escaped;
      }
      if (stop !== END) throw new Refused('bad-substitution', `the text ends where \`${stop}\` is missing`);
      return { value, words: words.end() };
    } finally {
      this.keepEscapes = outer;
      this.depth -= 1;
    }
  }

  private readSpecial(char: string): string | undefined {
    if (char === '$') return this.readVariable();
    if (char === '<') return this.readHeredocMark();
    if (this.options.ignoreQuotes === true) return undefined;
    if (char === "'") return this.readSingleQuoted();
    return char === '"' ? this.readDoubleQuoted() : undefined;
  }

  private readSingleQuoted(): string {
    const end = this.text.indexOf("'", this.at + 1);
    if (end === -1) throw new Refused('unterminated-quote', "the closing `'` is missing");
    const inside = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return this.options.keepQuotes === true ? `'${inside}'` : inside;
  }

  private readDoubleQuoted(): string {
    const quote = this.options.keepQuotes === true ? '"' : '';
    this.at += 1;
    let out = quote;
    for (;;) {
      const char = this.peek();
      if (char === END) throw new Refused('unterminated-quote', 'the closing `"` is missing');
      if (char === '"') {
        this.at += 1;
        return out + quote;
      }
      if (char === '$') {
        out += this.readVariable();
        continue;
      }
      let read = this.next();
      if (read === this.options.escape) {
        if (this.keepEscapes) out += read;
        const escaped = this.peek();
        if (escaped === END) continue;
        // Others keep the escape before them.
        if (escaped === '"' || escaped === '$' || escaped === this.options.escape) read = this.next();
      }
      out += read;
    }
  }

  /** `<<` keeps the blanks after it, so that `<< EOF` is one word. */
  private readHeredocMark(): string {
    this.at += 1;
    if (this.peek() !== '<') return '<';
    const start = this.at - 1;
    this.at += 1;
    while (this.peek() === ' ' || this.peek() === '\t' || this.peek() === '\r') this.at += 1;
    return this.text.slice(start, this.at);
  }

  private readVariable(): string {
    this.at += 1;
    if (this.peek() !== '{') {
      const name = this.readName();
      if (name === '') return '$';
      const value = this.lookUp(name);
      return value === undefined && this.options.keepUnset === true ? `$${name}` : (value ?? '');
    }
    this.at += 1;
    const first = this.peek();
    if (first === END) throw new Refused('bad-substitution', 'the closing `}` is missing');
    if (first === '{' || first === '}' || first === ':') throw new Refused('bad-substitution', `\`\${${first}\` names no variable`);
    const name = this.readName();
    const modifier = this.next();
    if (modifier === '}') {
      const value = this.lookUp(name);
      return value === undefined && this.options.keepUnset === true ? `\${${name}}` : (value ?? '');
    }
    if (modifier === '/') return this.readReplacement(name);
    return this.readModified(name, modifier);
  }

  /** `${name-word}` and its kin, after the first character of the modifier. */
  private readModified(name: string, first: string): string {
    const nullIsUnset = first === ':';
    const modifier = nullIsUnset ? this.next() : first;
    const written = nullIsUnset ? `:${modifier}` : modifier;
    const unsupported = new Refused('bad-substitution', `\`\${${name}${written}…}\` is not a modifier that BuildKit knows`);
    const isPattern = modifier === '#' || modifier === '%';
    if (!nullIsUnset && !'+-?#%'.includes(modifier === END ? 'x' : modifier)) throw unsupported;
    if (nullIsUnset && isPattern) throw unsupported;
    const word = this.readUntil('}', isPattern).value;
    const value = this.lookUp(name);
    if (value === undefined && this.options.keepUnset === true) return `\${${name}${written}${word}}`;
    const empty = value === undefined || (nullIsUnset && value === '');
    switch (modifier) {
      case '-':
        return empty ? word : value;
      case '+':
        return empty ? '' : word;
      case '?':
        if (!empty) return value;
        throw new Refused(
          'unset-variable',
          `\`${name}\` ${word === '' ? `must be set${nullIsUnset ? ' and not empty' : ''}` : `is missing: ${word}`}`,
        );
      case '#':
      case '%': {
        const longest = word.startsWith(modifier);
        const cut = modifier === '#' ? withoutPrefix : withoutSuffix;
        return withPattern(() => cut(value ?? '', longest ? word.slice(1) : word, longest));
      }
      default:
        throw unsupported;
    }
  }

  /** `${name/pattern/replacement}`, after its first `/`. */
  private readReplacement(name: string): string {
    const all = this.peek() === '/';
    if (all) this.at += 1;
    const pattern = this.readUntil('/', true).value;
    const replacement = this.readUntil('}', true).value;
    const value = this.lookUp(name);
    if (value === undefined && this.options.keepUnset === true) return `\${${name}/${pattern}/${replacement}}`;
    return withPattern(() => replacePattern(value ?? '', pattern, replacement, all));
  }

  /** A name, a number, or one of the special parameters of POSIX XCU 2.5.2. */
  private readName(): string {
    const rest = this.text.slice(this.at, this.at + 1);
    if (rest === END) return '';
    if (SPECIAL_PARAMETERS.includes(rest)) {
      this.at += 1;
      return rest;
    }
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.text)?.[0] ?? '';
    this.at += name.length;
    return name;
  }

  /** The words that a reading parts its result into. */
  takeWord(): string {
    const word = this.word;
    this.word = '';
    return word;
  }

  addToWord(text: string): void {
    this.word += text;
  }
}

/** Digits alone, or letters, digits and `_`, as Go's unicode tables name them. */
const NAME = /\p{Nd}+|[\p{L}_][\p{L}\p{Nd}_]*/uy;

class Words {
  private readonly words: string[] = [];
  private inWord = false;

  constructor(private readonly lexer: { takeWord(): string; addToWord(text: string): void }) {}

  /** White space in the text parts words. */
  addText(text: string): void {
    for (const char of text) {
      if (!isSpace(char.charCodeAt(0))) this.addRaw(char);
      else if (this.inWord) this.close();
    }
  }

  addRaw(text: string): void {
    this.lexer.addToWord(text);
    this.inWord = true;
  }

  end(): readonly string[] {
    this.close();
    return this.words;
  }

  private close(): void {
    const word = this.lexer.takeWord();
    if (word === '') return;
    this.words.push(word);
    this.inWord = false;
  }
}

function withPattern(cut: () => string): string {
  try {
    return cut();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new Refused('bad-substitution', error.message);
  }
}
