import type { SyntaxNode } from './grammar.ts';

/** A replacement of at most the same length. */
export interface Repair {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Valid Python that the grammar does not know, written so that it does, at the same offsets. What is lost by it are
 * names that no reader asks for. Found by parsing the standard library and 200 packages of Python 3.11.
 */
export function repairOf(error: SyntaxNode, text: string): readonly Repair[] {
  return trailingDot(error, text) ?? withHeader(error, text) ?? pattern(error, text) ?? [];
}

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9';

/** `24.` is a number: `240` takes its place. */
function trailingDot(error: SyntaxNode, text: string): readonly Repair[] | undefined {
  const dot = error.prevSibling;
  if (dot?.name !== '.' || !isDigit(text[dot.from - 1]) || dot.prevSibling?.name !== 'Number') return undefined;
  return [{ from: dot.from, to: dot.to, text: '0' }];
}

/** `with (a as b, c as d):` and `with a as (b, c):` and `with a as self.b:`. */
function withHeader(error: SyntaxNode, text: string): readonly Repair[] | undefined {
  const statement = ancestor(error, 'WithStatement') ?? (error.prevSibling?.name === 'WithStatement' ? error.prevSibling : undefined);
  if (!statement) return undefined;
  const keyword = statement.getChild('with');
  if (!keyword || error.from < keyword.to) return undefined;
  const open = skipBlanks(text, keyword.to);
  const header = headerEnd(text, keyword.to);
  if (header === undefined || error.from > header) return undefined;
  if (text[open] === '(') {
    const close = closing(text, open);
    if (close !== undefined && skipBlanks(text, close + 1) === header && hasAs(text, open, close)) {
      const inside = text.slice(open + 1, close).trimEnd();
      const flat = [...blankComments(inside)]
        .map((c) => (c === '\n' || c === '\r' ? ' ' : c))
        .join('')
        .trimEnd();
      return [{ from: open, to: close + 1, text: ` ${flat.endsWith(',') ? flat.slice(0, -1) : flat}` }];
    }
  }
  const repairs: Repair[] = [];
  for (const at of keywordsAs(text, keyword.to, header)) {
    const from = skipBlanks(text, at);
    const to = targetEnd(text, from, header);
    if (to > from) repairs.push({ from, to, text: '_' });
  }
  return repairs.length > 0 ? repairs : undefined;
}

/** `case ast.Name():` and `case Mapping() | list():`: the pattern becomes a wildcard; its text is not asked for. */
function pattern(error: SyntaxNode, text: string): readonly Repair[] | undefined {
  const clause = ancestor(error, 'MatchClause') ?? ancestor(error, 'MatchBody')?.lastChild;
  const keyword = clause?.name === 'MatchClause' ? clause.getChild('case') : undefined;
  if (!keyword) return undefined;
  const colon = headerEnd(text, keyword.to);
  if (colon === undefined || error.from < keyword.to || error.from > colon) return undefined;
  const from = skipBlanks(text, keyword.to);
  return [{ from, to: colon, text: '_' }];
}

function ancestor(node: SyntaxNode, name: string): SyntaxNode | undefined {
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    if (at.name === name) return at;
    if (at.name === 'Body') return undefined;
  }
  return undefined;
}

const skipBlanks = (text: string, from: number): number => {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
};

/** Calls `see` for every character outside strings and comments with the bracket depth before it; stops when it says so. */
function scan(text: string, from: number, see: (at: number, depth: number) => boolean): void {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const c = text[at];
    if (c === '#') {
      while (at + 1 < text.length && text[at + 1] !== '\n') at += 1;
      continue;
    }
    if (see(at, depth)) return;
    if (c === '"' || c === "'") at = stringEnd(text, at);
    else if (c === '(' || c === '[' || c === '{') depth += 1;
    else if (c === ')' || c === ']' || c === '}') depth -= 1;
    if (depth < 0) return;
  }
}

function stringEnd(text: string, from: number): number {
  const quote = text[from] ?? '';
  const mark = text.startsWith(quote.repeat(3), from) ? quote.repeat(3) : quote;
  for (let at = from + mark.length; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(mark, at)) return at + mark.length - 1;
    else if (mark.length === 1 && text[at] === '\n') return at;
  }
  return text.length;
}

/** The colon that ends a compound statement's header. */
function headerEnd(text: string, from: number): number | undefined {
  let found: number | undefined;
  scan(text, from, (at, depth) => {
    if (depth === 0 && text[at] === ':') found = at;
    return found !== undefined || (depth === 0 && text[at] === '\n' && text[at - 1] !== '\\');
  });
  return found;
}

function closing(text: string, open: number): number | undefined {
  let found: number | undefined;
  scan(text, open, (at, depth) => {
    if (depth === 1 && text[at] === ')') found = at;
    return found !== undefined;
  });
  return found;
}

/** Offsets after each `as` outside of inner brackets. */
function keywordsAs(text: string, from: number, to: number): number[] {
  const out: number[] = [];
  scan(text, from, (at, depth) => {
    if (depth === 0 && text.startsWith('as', at) && isEdge(text[at - 1]) && isEdge(text[at + 2])) out.push(at + 2);
    return at >= to;
  });
  return out;
}

const isEdge = (c: string | undefined): boolean => c === undefined || ' \t\n\r\\()'.includes(c);
const hasAs = (text: string, open: number, close: number): boolean => keywordsAs(text, open + 1, close - 1).length > 0;

/** Where the target after `as` ends: at a comma or the header's colon. */
function targetEnd(text: string, from: number, header: number): number {
  let end = header;
  scan(text, from, (at, depth) => {
    if (at >= header) return true;
    if (depth === 0 && text[at] === ',') end = at;
    return end < header;
  });
  return end;
}

function blankComments(text: string): string {
  let out = text;
  for (let at = 0; at < out.length; at += 1) {
    const c = out[at];
    if (c === '"' || c === "'") at = stringEnd(out, at);
    else if (c === '#') {
      const end = out.indexOf('\n', at);
      const stop = end < 0 ? out.length : end;
      out = out.slice(0, at) + ' '.repeat(stop - at) + out.slice(stop);
    }
  }
  return out;
}
