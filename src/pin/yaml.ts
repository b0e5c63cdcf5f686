import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Document, type Node, type Scalar, type YAMLMap } from 'yaml';
import { positionsIn } from '../base/index.ts';
import type { Unreadable } from './types.ts';

/** A scalar that is a text, with its place. */
export interface TextNode {
  readonly value: string;
  readonly span: { readonly start: number; readonly end: number };
}

/** The documents of a file; what is wrong with the first that cannot be read. */
export function documentsIn(text: string): readonly Document.Parsed[] | Unreadable {
  const documents = parseAllDocuments(text, { prettyErrors: false });
  const list = Array.isArray(documents) ? (documents as Document.Parsed[]) : [];
  const error = list.flatMap(({ errors }) => errors)[0];
  if (!error) return list;
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const hint = text.includes('{{') ? 'a template is no YAML yet: name what it renders to' : 'mend the YAML there';
  return { problem: `it is no YAML: ${error.message.split('\n', 1)[0] ?? ''}`, hint, at: positionsIn(() => starts)(error.pos[0]) };
}

/** What an alias stands for; anything else is itself. */
export function resolved(node: unknown, document: Document.Parsed): Node | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  return isMap(target) || isSeq(target) || isScalar(target) ? target : undefined;
}

/** A text; undefined for another value, or none. */
export function textNode(node: unknown, document: Document.Parsed): TextNode | undefined {
  const target = resolved(node, document);
  if (!isScalar(target) || typeof target.value !== 'string' || !target.range) return undefined;
  const [start, end] = (target as Scalar.Parsed).range;
  return { value: target.value, span: { start, end } };
}

/** The pairs of a map with those that `<<` brings in, its own first: https://yaml.org/type/merge.html. */
export function valueOf(map: YAMLMap, key: string, document: Document.Parsed, depth = 0): Node | undefined {
  const own = map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
  if (own) return resolved(own.value, document);
  if (depth > 20) return undefined;
  for (const pair of map.items) {
    if (!isScalar(pair.key) || String(pair.key.value) !== '<<') continue;
    const merged = resolved(pair.value, document);
    for (const each of isSeq(merged) ? merged.items : [merged]) {
      const source = resolved(each, document);
      const found = isMap(source) ? valueOf(source, key, document, depth + 1) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

/** All values of a map by their names, merged ones too. */
export function entriesOf(map: YAMLMap, document: Document.Parsed): readonly (readonly [string, Node])[] {
  return map.items.flatMap((pair) => {
    const value = resolved(pair.value, document);
    if (!isScalar(pair.key) || !value) return [];
    return String(pair.key.value) === '<<' && isMap(value) ? entriesOf(value, document) : [[String(pair.key.value), value] as const];
  });
}
