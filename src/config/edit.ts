import { isMap, parseDocument, stringify } from 'yaml';

/** A value for a key of plimsoll.yaml: `[['dockerfile', 'base'], 'python:3.12-slim']`. */
export type KeyValue = readonly [key: readonly string[], value: unknown];

/** What an edit makes of a text: the texts on both sides, for a merge into the text as the person wrote it. */
export interface ConfigEdit {
  readonly before: string;
  readonly after: string;
}

/**
 * plimsoll.yaml before and after these keys are set. Where all are new at the top they come below the text, which stays
 * as it is; else both sides are as the printer writes them, so that what differs is the edit alone. The text must be
 * one that `readConfig` takes.
 */
export function editConfig(text: string, values: readonly KeyValue[]): ConfigEdit {
  if (values.length === 0) return { before: text, after: text };
  const document = parseDocument(text);
  const isBelow = document.contents === null || (isMap(document.contents) && document.contents.flow !== true);
  if (isBelow && values.every(([[top = '']]) => !document.has(top))) {
    const own = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    return { before: text, after: own + print(nested(values)) };
  }
  const before = document.toString({ lineWidth: 0 });
  for (const [key, value] of values) document.setIn(key, value);
  return { before, after: document.toString({ lineWidth: 0 }) };
}

const print = (value: unknown): string => stringify(value, { lineWidth: 0 });

/** `{ dockerfile: { base: … } }` of keys with their paths. */
function nested(values: readonly KeyValue[]): unknown {
  const document = parseDocument('{}');
  document.contents = document.createNode({}) as typeof document.contents;
  for (const [key, value] of values) document.setIn(key, value);
  return document.toJS();
}
