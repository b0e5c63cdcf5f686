import { parseDocument } from 'yaml';

/** A value for a key of plimsoll.yaml: `[['dockerfile', 'base'], 'python:3.12-slim']`. */
export type KeyValue = readonly [key: readonly string[], value: unknown];

/**
 * plimsoll.yaml before and after these keys are set, both as the printer writes them: what differs is the edit alone,
 * for a merge into the text as the person wrote it. The text must be one that `readConfig` takes.
 */
export function editConfig(text: string, values: readonly KeyValue[]): { readonly before: string; readonly after: string } {
  const document = parseDocument(text);
  const print = (): string =>
    document.contents === null ? document.toString().replace(/^null\n/m, '') : document.toString({ lineWidth: 0 });
  const before = print();
  for (const [key, value] of values) document.setIn(key, value);
  return { before, after: print() };
}
