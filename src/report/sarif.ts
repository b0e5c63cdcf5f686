import type { Range } from '../base/index.ts';
import { writable } from './markup.ts';

/** What all documents have in common. SARIF 2.1.0 (OASIS). */
export const SARIF = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0' } as const;

/** A place in a file. */
export const locationOf = (path: string, range: Range): object => ({
  physicalLocation: { artifactLocation: { uri: uriOf(path) }, region: regionOf(range) },
});

/** A relative reference: RFC 3986 has no blanks, and a first part may hold no colon. */
export const uriOf = (path: string): string => writable(path).split('/').map(encodeURIComponent).join('/');

/** Lines of findings that have no place are line 1 here: SARIF knows no line 0. Columns count UTF-16 code units. */
export const regionOf = ({ start, end }: Range): object => ({
  startLine: Math.max(1, start.line),
  startColumn: start.column,
  endLine: Math.max(1, end.line),
  endColumn: end.column,
});
