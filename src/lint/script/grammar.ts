import { Lexer, type OperatorToken, type Token, type WordToken } from './lexer.ts';
import type { Redirection } from './types.ts';

/** `words` may be empty where there are only assignments or redirections. */
export interface Simple {
  readonly kind: 'simple';
  readonly words: readonly WordToken[];
  readonly assignments: readonly WordToken[];
  readonly redirections: readonly (Redirection & { readonly target: WordToken })[];
}

/** Several lists that run in turn: `conditions` are asked, `bodies` run. */
export interface Compound {
  readonly kind: 'group' | 'subshell' | 'if' | 'loop' | 'case' | 'function';
  readonly conditions: readonly List[];
  readonly bodies: readonly List[];
}

export type Node = Simple | Compound;

export interface Pipeline {
  readonly negated: boolean;
  readonly nodes: readonly Node[];
}

/** Pipelines with `&&` and `||` between; `operators[i]` stands before `pipelines[i + 1]`. */
export interface Chain {
  readonly pipelines: readonly Pipeline[];
  readonly operators: readonly ('&&' | '||')[];
  readonly background: boolean;
}

export type List = readonly Chain[];

/** Deeper nesting is not looked into. */
const MAX_DEPTH = 200;
const REDIRECTIONS = new Set(['<', '>', '>>', '<<', '<<-', '<<<', '<&', '>&', '<>', '>|', '&>', '&>>']);
const CLOSERS = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]]*\])?\+?=/;

/** Reads a script (POSIX 2.10). What it does not understand it passes over. */
export class Grammar {
  private ahead: Token | undefined;
  private depth = 0;

  constructor(private readonly lexer: Lexer) {
    this.ahead = lexer.next();
  }

  script(): List {
    const all: Chain[] = [];
    while (this.ahead !== undefined) {
      all.push(...this.list());
      // A closing word or bracket that nothing opened.
      if (this.ahead !== undefined) this.advance();
    }
    return all;
  }

  private advance(): Token | undefined {
    const token = this.ahead;
    this.ahead = this.lexer.next();
    return token;
  }

  private isOperator(...texts: readonly string[]): boolean {
    return this.ahead?.kind === 'operator' && texts.includes(this.ahead.text);
  }

  private isWord(...words: readonly string[]): boolean {
    return this.ahead?.kind === 'word' && words.includes(this.ahead.source);
  }

  private skip(...operators: readonly string[]): void {
    while (this.isOperator(...operators)) this.advance();
  }

  /** Up to a word or bracket that closes something. */
  private list(): List {
    const chains: Chain[] = [];
    for (;;) {
      this.skip(';', '\n', '&');
      if (this.ahead === undefined || this.isOperator(')', ';;', ';&', ';;&') || this.isCloser()) return chains;
      chains.push(this.chain());
    }
  }

  private isCloser(): boolean {
    return this.ahead?.kind === 'word' && CLOSERS.has(this.ahead.source);
  }

  private chain(): Chain {
    const pipelines = [this.pipeline()];
    const operators: ('&&' | '||')[] = [];
    while (this.isOperator('&&', '||')) {
      operators.push((this.advance() as OperatorToken).text as '&&' | '||');
      this.skip('\n');
      pipelines.push(this.pipeline());
    }
    return { pipelines, operators, background: this.isOperator('&') };
  }

  private pipeline(): Pipeline {
    let negated = false;
    while (this.isWord('!')) {
      this.advance();
      negated = !negated;
    }
    const nodes = [this.node()];
    while (this.isOperator('|', '|&')) {
      this.advance();
      this.skip('\n');
      nodes.push(this.node());
    }
    return { negated, nodes };
  }

  private node(): Node {
    if (this.depth >= MAX_DEPTH) return this.simple();
    this.depth += 1;
    const node = this.compound() ?? this.simple();
    this.depth -= 1;
    if (node.kind !== 'simple') this.redirections();
    return node;
  }

  private compound(): Compound | undefined {
    if (this.isOperator('(')) return this.subshell();
    if (this.ahead?.kind !== 'word') return undefined;
    switch (this.ahead.source) {
      case '{':
        this.advance();
        return { kind: 'group', conditions: [], bodies: [this.upTo('}')] };
      case 'if':
        return this.conditional();
      case 'while':
      case 'until':
        return this.loop();
      case 'for':
      case 'select':
        return this.forLoop();
      case 'case':
        return this.cases();
      case 'function':
        this.advance();
        this.advance();
        this.skip('(', ')', '\n');
        return this.functionBody();
      default:
        return undefined;
    }
  }

  /** A list, and the word that closes it. */
  private upTo(...closers: readonly string[]): List {
    const list = this.list();
    if (this.isWord(...closers)) this.advance();
    return list;
  }

  private subshell(): Compound {
    this.advance();
    const body = this.list();
    if (this.isOperator(')')) this.advance();
    return { kind: 'subshell', conditions: [], bodies: [body] };
  }

  private conditional(): Compound {
    const conditions: List[] = [];
    const bodies: List[] = [];
    this.advance();
    conditions.push(this.upTo('then'));
    for (;;) {
      bodies.push(this.list());
      if (this.isWord('elif')) {
        this.advance();
        conditions.push(this.upTo('then'));
      } else if (this.isWord('else')) this.advance();
      else break;
    }
    if (this.isWord('fi')) this.advance();
    return { kind: 'if', conditions, bodies };
  }

  private loop(): Compound {
    this.advance();
    const condition = this.upTo('do');
    return { kind: 'loop', conditions: [condition], bodies: [this.upTo('done')] };
  }

  private forLoop(): Compound {
    this.advance();
    while (this.ahead !== undefined && !this.isWord('do') && !this.isCloser()) this.advance();
    if (this.isWord('do')) this.advance();
    return { kind: 'loop', conditions: [], bodies: [this.upTo('done')] };
  }

  private cases(): Compound {
    const bodies: List[] = [];
    this.advance();
    while (this.ahead !== undefined && !this.isWord('in')) this.advance();
    this.advance();
    for (;;) {
      this.skip('\n', ';', ';;', ';&', ';;&');
      if (this.ahead === undefined) break;
      if (this.isWord('esac')) {
        this.advance();
        break;
      }
      // The patterns.
      while (this.ahead !== undefined && !this.isOperator(')')) this.advance();
      this.advance();
      bodies.push(this.list());
      if (this.isOperator(')') || (this.isCloser() && !this.isWord('esac'))) this.advance();
    }
    return { kind: 'case', conditions: [], bodies };
  }

  private functionBody(): Compound {
    return { kind: 'function', conditions: [], bodies: [[chainOf(this.node())]] };
  }

  private redirections(): Simple['redirections'] {
    const found: (Redirection & { target: WordToken })[] = [];
    while (this.ahead?.kind === 'operator' && REDIRECTIONS.has(this.ahead.text)) found.push(...this.redirection());
    return found;
  }

  private redirection(): (Redirection & { target: WordToken })[] {
    const operator = (this.advance() as OperatorToken).text;
    if (this.ahead?.kind !== 'word') return [];
    return [{ operator, target: this.advance() as WordToken }];
  }

  private simple(): Node {
    const words: WordToken[] = [];
    const assignments: WordToken[] = [];
    const redirections: (Redirection & { target: WordToken })[] = [];
    for (;;) {
      if (this.ahead?.kind === 'operator') {
        if (REDIRECTIONS.has(this.ahead.text)) redirections.push(...this.redirection());
        else if (this.ahead.text === '(' && words.length === 1 && this.depth < MAX_DEPTH) return this.functionNamed();
        else if (this.ahead.text === '(') this.advance();
        else break;
      } else if (this.ahead === undefined) break;
      else if (words.length === 0 && ASSIGNMENT.test(this.ahead.source)) assignments.push(this.advance() as WordToken);
      // A file descriptor before a redirection: `2>`.
      else if (/^\d$/.test(this.ahead.source)) this.digit(words, redirections);
      else words.push(this.advance() as WordToken);
    }
    return { kind: 'simple', words, assignments, redirections };
  }

  private digit(words: WordToken[], redirections: (Redirection & { target: WordToken })[]): void {
    const digit = this.advance() as WordToken;
    const after = this.ahead;
    const touches = after?.kind === 'operator' && REDIRECTIONS.has(after.text) && after.start === digit.end;
    if (touches) redirections.push(...this.redirection().map((r) => ({ ...r, operator: digit.text + r.operator })));
    else words.push(digit);
  }

  /** `name() { … }`, after its name. */
  private functionNamed(): Compound {
    this.skip('(', ')', '\n');
    return this.functionBody();
  }
}

const chainOf = (node: Node): Chain => ({ pipelines: [{ negated: false, nodes: [node] }], operators: [], background: false });
