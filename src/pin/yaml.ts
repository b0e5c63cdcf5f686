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
  // compose-spec, 13-merge.md: `!reset` takes the key away, whatever stands behind it.
  if (!isScalar(target) || typeof target.value !== 'string' || !target.range || target.tag === '!reset') return undefined;
  const [start, end] = (target as Scalar.Parsed).range;
  return { value: target.value, span: { start, end } };
}

/** The value of a key; where the map has it not itself, that of what `<<` brings in: https://yaml.org/type/merge.html. */
export function valueOf(map: YAMLMap, key: string, document: Document.Parsed): Node | undefined {
  for (const each of withMerged(map, document)) {
    const found = each.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
    if (found) return resolved(found.value, document);
  }
  return undefined;
}

/** All values of a map by their names, merged ones too. */
export const entriesOf = (map: YAMLMap, document: Document.Parsed): readonly (readonly [string, Node])[] =>
  withMerged(map, document).flatMap(({ items }) =>
    items.flatMap((pair) => {
      const value = resolved(pair.value, document);
      return isScalar(pair.key) && !isMerge(pair.key) && value ? [[String(pair.key.value), value] as const] : [];
    }),
  );

const isMerge = (key: unknown): boolean => isScalar(key) && String(key.value) === '<<';

/** A map and those that `<<` brings in, in the order in which they count; each once, for they may lead in circles. */
function withMerged(map: YAMLMap, document: Document.Parsed, seen: Set<YAMLMap> = new Set()): readonly YAMLMap[] {
  if (seen.has(map)) return [];
  seen.add(map);
  const merged = map.items.flatMap(({ key, value }) => {
    const named = isMerge(key) ? resolved(value, document) : undefined;
    return isSeq(named) ? named.items.map((each) => resolved(each, document)) : [named];
  });
  return [map, ...merged.flatMap((each) => (isMap(each) ? withMerged(each, document, seen) : []))];
}
