import type { SyntaxNode } from './grammar.ts';
import { numberValue, stringValue, unescape } from './literal.ts';
import type { Argument, Expression } from './tree.ts';

/** Names of the nodes that are punctuation or keywords, not expressions. */
const MARKS = new Set([
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '*',
  '**',
  '.',
  'AssignOp',
  'Comment',
  'await',
  'async',
  'for',
  'in',
  'if',
  'else',
  'lambda',
  'yield',
  'from',
]);

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const out: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'Comment' && !child.type.isError) out.push(child);
  return out;
}

/** The children that are expressions. */
export const operandsOf = (node: SyntaxNode): SyntaxNode[] => childrenOf(node).filter((c) => !MARKS.has(c.name));

/** A syntax node of the grammar as an expression. */
export function expressionOf(node: SyntaxNode, text: string): Expression {
  const span = { from: node.from, to: node.to };
  const read = (n: SyntaxNode | undefined): Expression => (n ? expressionOf(n, text) : { ...span, kind: 'other', parts: [] });
  switch (node.name) {
    case 'VariableName':
      return { ...span, kind: 'name', name: text.slice(node.from, node.to) };
    case 'Number': {
      const value = numberValue(text.slice(node.from, node.to));
      return !Number.isFinite(value) ? { ...span, kind: 'other', parts: [] } : { ...span, kind: 'number', value };
    }
    case 'Boolean':
      return { ...span, kind: 'constant', value: text.slice(node.from, node.to) === 'True' };
    case 'None':
      return { ...span, kind: 'constant', value: null };
    case 'String': {
      const value = stringValue(text.slice(node.from, node.to));
      return value === undefined ? { ...span, kind: 'other', parts: [] } : { ...span, kind: 'string', value };
    }
    case 'FormatString':
      return { ...span, kind: 'format', parts: formatParts(node, text) };
    case 'ContinuedString':
      return joined(childrenOf(node).map(read), span);
    case 'MemberExpression':
      return member(node, text);
    case 'CallExpression': {
      const [callee, list] = childrenOf(node);
      return { ...span, kind: 'call', callee: read(callee), args: list ? argumentsOf(list, text) : [] };
    }
    case 'ParenthesizedExpression':
    case 'AwaitExpression':
      return { ...read(operandsOf(node)[0]), ...span };
    case 'TupleExpression':
    case 'ArrayExpression':
    case 'SetExpression':
      return { ...span, kind: 'sequence', items: operandsOf(node).map(read) };
    case 'DictionaryExpression':
      return { ...span, kind: 'dictionary', entries: entriesOf(node, text) };
    case 'BinaryExpression': {
      const parts = childrenOf(node);
      const operator = parts.slice(1, -1).map((p) => text.slice(p.from, p.to));
      return { ...span, kind: 'binary', operator: operator.join(' '), left: read(parts[0]), right: read(parts.at(-1)) };
    }
    case 'UnaryExpression': {
      const [mark, operand] = childrenOf(node);
      const inner = read(operand);
      if (mark?.name === 'not') return { ...span, kind: 'not', operand: inner };
      return inner.kind === 'number' && text[node.from] === '-'
        ? { ...span, kind: 'number', value: -inner.value }
        : { ...span, kind: 'other', parts: [inner] };
    }
    case 'ConditionalExpression': {
      const [value, test, otherwise] = operandsOf(node);
      return { ...span, kind: 'conditional', test: read(test), value: read(value), otherwise: read(otherwise) };
    }
    case 'LambdaExpression':
      return { ...span, kind: 'lambda', body: read(childrenOf(node).at(-1)) };
    case 'NamedExpression':
      return { ...span, kind: 'other', parts: operandsOf(node).map(read) };
    case 'ComprehensionExpression':
    case 'ArrayComprehensionExpression':
    case 'SetComprehensionExpression':
    case 'DictionaryComprehensionExpression': {
      const [element, target, iterable, ...rest] = operandsOf(node).map(read);
      if (!element || !target || !iterable) return { ...span, kind: 'other', parts: operandsOf(node).map(read) };
      return { ...span, kind: 'comprehension', element, target, iterable, rest };
    }
    default:
      return { ...span, kind: 'other', parts: operandsOf(node).filter(isExpression).map(read) };
  }
}

const isExpression = (node: SyntaxNode): boolean =>
  node.name.endsWith('Expression') ||
  ['VariableName', 'Number', 'String', 'FormatString', 'ContinuedString', 'Boolean', 'None'].includes(node.name);

function member(node: SyntaxNode, text: string): Expression {
  const span = { from: node.from, to: node.to };
  const [head, mark, ...rest] = childrenOf(node);
  const object: Expression = head ? expressionOf(head, text) : { ...span, kind: 'other', parts: [] };
  const property = rest[0];
  if (mark?.name === '.' && property) return { ...span, kind: 'attribute', object, name: text.slice(property.from, property.to) };
  const index = rest.filter((n) => !MARKS.has(n.name)).map((n) => expressionOf(n, text));
  return { ...span, kind: 'subscript', object, index };
}

/** The arguments of an ArgList. */
export function argumentsOf(list: SyntaxNode, text: string): readonly Argument[] {
  const out: Argument[] = [];
  const nodes = childrenOf(list);
  for (let i = 0; i < nodes.length; i += 1) {
    const node = nodes[i];
    if (!node || MARKS.has(node.name)) continue;
    const before = nodes[i - 1]?.name;
    const after = nodes[i + 1];
    if (after?.name === 'AssignOp' && text.slice(after.from, after.to) === '=') {
      const value = nodes[i + 2];
      if (value) out.push({ name: text.slice(node.from, node.to), value: expressionOf(value, text) });
      i += 2;
      continue;
    }
    const star = before === '*' || before === '**' ? ({ star: before } as const) : {};
    const loop = after?.name === 'for' || after?.name === 'async';
    out.push({ ...star, value: loop ? generator(nodes.slice(i), text) : expressionOf(node, text) });
    if (loop) break;
  }
  return out;
}

/** `f(x for x in y if z)`: the grammar has no node for the generator itself. */
function generator(nodes: readonly SyntaxNode[], text: string): Expression {
  const parts = nodes.filter((n) => !MARKS.has(n.name)).map((n) => expressionOf(n, text));
  const [element, target, iterable, ...rest] = parts;
  const span = { from: element?.from ?? 0, to: parts.at(-1)?.to ?? 0 };
  if (!element || !target || !iterable) return { ...span, kind: 'other', parts };
  return { ...span, kind: 'comprehension', element, target, iterable, rest };
}

function entriesOf(node: SyntaxNode, text: string): { key?: Expression; value: Expression }[] {
  const out: { key?: Expression; value: Expression }[] = [];
  const nodes = childrenOf(node);
  nodes.forEach((n, i) => {
    if (MARKS.has(n.name)) return;
    const value = nodes[i + 2];
    if (nodes[i + 1]?.name === ':' && value) out.push({ key: expressionOf(n, text), value: expressionOf(value, text) });
    else if (nodes[i - 1]?.name === '**') out.push({ value: expressionOf(n, text) });
  });
  return out;
}

function formatParts(node: SyntaxNode, text: string): (string | Expression)[] {
  const literal = text.slice(node.from, node.to);
  const quote = literal.search(/['"]/);
  const raw = literal.slice(0, quote).toLowerCase().includes('r');
  const width = literal.startsWith('"""', quote) || literal.startsWith("'''", quote) ? 3 : 1;
  const parts: (string | Expression)[] = [];
  const push = (piece: string): void => {
    if (piece !== '') parts.push((raw ? piece : unescape(piece)).replaceAll('{{', '{').replaceAll('}}', '}'));
  };
  let at = node.from + quote + width;
  for (const child of childrenOf(node)) {
    if (child.name !== 'FormatReplacement') continue;
    push(text.slice(at, child.from));
    const inner = operandsOf(child)[0];
    if (inner) parts.push(expressionOf(inner, text));
    at = child.to;
  }
  push(text.slice(at, Math.max(at, node.to - width)));
  return parts;
}

/** Adjacent literals are one: Language Reference, 2.4.2 "String literal concatenation". */
function joined(pieces: readonly Expression[], span: { from: number; to: number }): Expression {
  if (pieces.every((p) => p.kind === 'string'))
    return { ...span, kind: 'string', value: pieces.map((p) => (p.kind === 'string' ? p.value : '')).join('') };
  const parts = pieces.flatMap((p) => (p.kind === 'string' ? [p.value] : p.kind === 'format' ? p.parts : [p]));
  return { ...span, kind: 'format', parts };
}
