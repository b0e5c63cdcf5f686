import { comment } from './words.ts';

/** What a YAML file holds. A map is a list of fields, so that each can say why it is there. */
export type Yaml = string | number | boolean | readonly Yaml[] | YamlMap;

export interface YamlMap {
  readonly fields: readonly Field[];
}

export interface Field {
  readonly key: string;
  readonly value: Yaml;
  /** A comment above the field. */
  readonly says?: string | undefined;
}

/** A map; fields that are undefined are left out. */
export const map = (...fields: readonly (Field | undefined)[]): YamlMap => ({ fields: fields.filter((each) => each !== undefined) });

/** One field of a map, with the comment above it. */
export const field = (key: string, value: Yaml, says?: string): Field => ({ key, value, says });

/** A map without comments. */
export const plainMap = (values: Readonly<Record<string, Yaml>>): YamlMap => map(...Object.entries(values).map(([k, v]) => field(k, v)));

/** A YAML document that YAML 1.1 and 1.2 read alike. Ends with a newline. */
export const yamlText = (value: YamlMap): string => `${linesOf(value, 0).join('\n')}\n`;

/** Longest list that stands on one line, in characters. */
const FLOW_WIDTH = 90;

function linesOf(value: Yaml, depth: number): readonly string[] {
  const indent = ' '.repeat(depth);
  if (isMap(value)) return value.fields.flatMap((each) => fieldLines(each, depth));
  if (isList(value))
    return value.flatMap((item) => {
      const [first = '', ...rest] = isShort(item) ? [short(item)] : linesOf(item, depth + 2);
      // What stands above the first field of an item stands above the dash.
      const above = isMap(item) ? saysOf(item.fields[0], depth) : [];
      const inside = above.length === 0 ? [first, ...rest] : linesOf(item, depth + 2).slice(above.length);
      return [...above, `${indent}- ${(inside[0] ?? '').trimStart()}`, ...inside.slice(1)];
    });
  return [indent + scalar(value)];
}

function fieldLines({ key, value, says }: Field, depth: number): readonly string[] {
  const head = `${' '.repeat(depth)}${scalar(key)}:`;
  const above = says === undefined ? [] : saysOf({ key, value, says }, depth);
  return isShort(value) ? [...above, `${head} ${short(value)}`] : [...above, head, ...linesOf(value, depth + 2)];
}

const saysOf = (each: Field | undefined, depth: number): readonly string[] =>
  each?.says === undefined
    ? []
    : comment(each.says)
        .split('\n')
        .map((line) => ' '.repeat(depth) + line);

const isMap = (value: Yaml): value is YamlMap => typeof value === 'object' && 'fields' in value;
const isList = (value: Yaml): value is readonly Yaml[] => Array.isArray(value);

/** Fits behind its key: a scalar, nothing, or a few scalars. */
const isShort = (value: Yaml): boolean =>
  isMap(value)
    ? value.fields.length === 0
    : !isList(value) || (value.every((each) => typeof each !== 'object') && short(value).length <= FLOW_WIDTH);

function short(value: Yaml): string {
  if (isMap(value)) return '{}';
  return isList(value) ? `[${value.map((each) => short(each)).join(', ')}]` : scalar(value);
}

/** Words that YAML 1.1 or 1.2 take for something else than text. */
const WORDS = /^(y|yes|n|no|true|false|on|off|null|~|nan|inf)$/i;
/** Text that no reader can take for anything else; all other text is quoted. */
const PLAIN = /^[A-Za-z_/][\w./@-]*(:[A-Za-z_/][\w./@-]*)*$/;

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  if (PLAIN.test(value) && !WORDS.test(value)) return value;
  // JSON's strings are YAML's, but for characters that YAML does not call printable (YAML 1.2.2, rule 1).
  return JSON.stringify(value).replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
