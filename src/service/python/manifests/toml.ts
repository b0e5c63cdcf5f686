import { parseTOML, ParseError, type AST } from 'toml-eslint-parser';
import type { Span, TextFile } from '../../text.ts';
import type { Problem } from '../../types.ts';

/** A value of a TOML document with its place. */
export type Toml = Span &
  (
    | { readonly kind: 'table'; readonly entries: ReadonlyMap<string, TomlEntry> }
    | { readonly kind: 'array'; readonly items: readonly Toml[] }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'scalar'; readonly value: unknown }
  );

/** `key = value`: `span` is the whole, for evidence. */
export interface TomlEntry {
  readonly value: Toml;
  readonly span: Span;
}

export interface TomlFile {
  readonly file: TextFile;
  readonly root: Toml;
}

const parsed = new WeakMap<TextFile, TomlFile | Problem>();

/** Parses a TOML file once; what is wrong with it is a problem with its place. */
export function parseToml(file: TextFile): TomlFile | Problem {
  const known = parsed.get(file) ?? recalled(file) ?? parse(file);
  parsed.set(file, known);
  return known;
}

/** Characters from which on it is worth remembering what was parsed: lock files. A small file is parsed as quickly as that is read. */
const LARGE = 16 * 1024;

function recalled(file: TextFile): TomlFile | undefined {
  const packed = file.text.length < LARGE ? undefined : file.memo.recall<Packed>('toml', file.text);
  return packed && { file, root: unpack(packed) };
}

/** A value as JSON can hold it. `content`: a string; a scalar; packed items; or a PackedEntry for each entry. */
type Packed = readonly [from: number, to: number, kind: Toml['kind'], content: unknown];
type PackedEntry = readonly [key: string, from: number, to: number, value: Packed];

function pack(toml: Toml): Packed {
  const { from, to, kind } = toml;
  if (toml.kind === 'array') return [from, to, kind, toml.items.map(pack)];
  if (toml.kind === 'scalar' && toml.value instanceof Date) return [from, to, kind, { date: toml.value.toJSON() }];
  if (toml.kind !== 'table') return [from, to, kind, toml.value];
  const entries = [...toml.entries].map(([key, { span, value }]): PackedEntry => [key, span.from, span.to, pack(value)]);
  return [from, to, kind, entries];
}

/** No other scalar of TOML is an object. */
const isDate = (content: unknown): content is { readonly date: string } => typeof content === 'object' && content !== null;

function unpack([from, to, kind, content]: Packed): Toml {
  if (kind === 'string') return { from, to, kind, value: content as string };
  if (kind === 'scalar') return { from, to, kind, value: isDate(content) ? new Date(content.date) : content };
  if (kind === 'array') return { from, to, kind, items: (content as Packed[]).map(unpack) };
  const entries = (content as PackedEntry[]).map(
    ([key, start, end, value]) => [key, { value: unpack(value), span: { from: start, to: end } }] as const,
  );
  return { from, to, kind, entries: new Map(entries) };
}

export const isProblem = (found: object): found is Problem => 'what' in found;

function parse(file: TextFile): TomlFile | Problem {
  try {
    const [top] = parseTOML(file.text).body;
    const root: Building = { from: 0, to: file.text.length, kind: 'table', entries: new Map() };
    for (const node of top.body) {
      if (node.type === 'TOMLKeyValue') put(root, keysOf(node.key), valueEntry(node));
      else addTable(root, node);
    }
    if (file.text.length >= LARGE) file.memo.remember('toml', file.text, pack(root));
    return { file, root };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // The parser counts columns from 0.
    return {
      at: { file: file.path, line: error.lineNumber, column: error.column + 1 },
      what: `invalid TOML: ${error.message}`,
      hint: 'mend the line; `python -m tomllib` reads the same format',
      fatal: true,
    };
  }
}

interface Building extends Span {
  readonly kind: 'table';
  readonly entries: Map<string, TomlEntry>;
}

const keysOf = (key: AST.TOMLKey): readonly string[] => key.keys.map((k) => (k.type === 'TOMLBare' ? k.name : String(k.value)));
const spanOf = (node: { readonly range: readonly [number, number] }): Span => ({ from: node.range[0], to: node.range[1] });

function addTable(root: Building, node: AST.TOMLTable): void {
  const table: Building = { ...spanOf(node), kind: 'table', entries: new Map() };
  for (const pair of node.body) put(table, keysOf(pair.key), valueEntry(pair));
  // `resolvedKey` numbers the tables of `[[a]]`: ['a', 0].
  const path = node.resolvedKey.map(String);
  const existing = path.length > 0 ? at(root, path) : undefined;
  if (existing?.kind === 'table') for (const [key, entry] of table.entries) (existing as Building).entries.set(key, entry);
  else put(root, path, { value: table, span: spanOf(node) });
}

/** Puts a value below dotted keys; numbered keys are kept as keys here and become arrays when read by `items`. */
function put(table: Building, keys: readonly string[], entry: TomlEntry): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length === 0) return void table.entries.set(key, entry);
  const next = table.entries.get(key)?.value;
  const inner: Building = next?.kind === 'table' ? (next as Building) : { ...entry.span, kind: 'table', entries: new Map() };
  if (next !== inner) table.entries.set(key, { value: inner, span: entry.span });
  put(inner, rest, entry);
}

function valueEntry(node: AST.TOMLKeyValue): TomlEntry {
  return { value: valueOf(node.value), span: spanOf(node) };
}

function valueOf(node: AST.TOMLContentNode): Toml {
  const span = spanOf(node);
  if (node.type === 'TOMLArray') return { ...span, kind: 'array', items: node.elements.map(valueOf) };
  if (node.type === 'TOMLInlineTable') {
    const table: Building = { ...span, kind: 'table', entries: new Map() };
    for (const pair of node.body) put(table, keysOf(pair.key), valueEntry(pair));
    return table;
  }
  return node.kind === 'string' ? { ...span, kind: 'string', value: node.value } : { ...span, kind: 'scalar', value: node.value };
}

/** The value below a path of keys. */
export const at = (toml: Toml, path: readonly string[]): Toml | undefined => entryAt(toml, path)?.value;

/** The `key = value` below a path of keys. */
export function entryAt(toml: Toml, path: readonly string[]): TomlEntry | undefined {
  let entry: TomlEntry | undefined = { value: toml, span: toml };
  for (const key of path) entry = entry?.value.kind === 'table' ? entry.value.entries.get(key) : undefined;
  return entry;
}

/** A string below a path of keys, with the place of its `key = value`. */
export function stringAt(toml: Toml, ...path: readonly string[]): { readonly value: string; readonly span: Span } | undefined {
  const entry = entryAt(toml, path);
  return entry?.value.kind === 'string' ? { value: entry.value.value, span: entry.span } : undefined;
}

/** The items of an array, or the tables of `[[name]]`. */
export function itemsAt(toml: Toml, ...path: readonly string[]): readonly Toml[] {
  const found = at(toml, path);
  if (found?.kind === 'array') return found.items;
  if (found?.kind !== 'table') return [];
  return [...found.entries].flatMap(([key, e]) => (/^\d+$/.test(key) ? [e.value] : []));
}

/** The pairs of a table. */
export function pairsAt(toml: Toml, ...path: readonly string[]): readonly (readonly [string, TomlEntry])[] {
  const found = at(toml, path);
  return found?.kind === 'table' ? [...found.entries] : [];
}
