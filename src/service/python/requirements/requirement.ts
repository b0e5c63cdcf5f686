import { normalizedName } from '../../../base/index.ts';
import { isBlank, trimmed, type Span } from '../../text.ts';

/** A PEP 508 requirement with the place of each part. */
export interface ParsedRequirement {
  /** As written. */
  readonly name: string;
  readonly nameSpan: Span;
  readonly extras: readonly string[];
  /** Without blanks between its clauses and without parentheses; empty when there is none. */
  readonly specifier: string;
  readonly url?: string;
  readonly marker?: string;
  /** Name to marker. */
  readonly span: Span;
}

/**
 * Reads `name[extras] specifier ; marker` or `name @ url ; marker` within `span` of `text`.
 * Undefined when it is none. Source: PEP 508, "Grammar".
 */
export function parseRequirement(text: string, within: Span): ParsedRequirement | undefined {
  const span = trimmed(text, within);
  let at = span.from;
  const skip = (): void => {
    while (at < span.to && isBlank(text[at])) at += 1;
  };
  const start = at;
  while (at < span.to && isNameCharacter(text[at])) at += 1;
  const nameSpan = { from: start, to: at };
  const name = text.slice(start, at);
  if (name === '' || !isAlphanumeric(name[0]) || !isAlphanumeric(name.at(-1))) return undefined;
  skip();
  const extras: string[] = [];
  if (text[at] === '[') {
    const close = text.indexOf(']', at);
    if (close < 0 || close >= span.to) return undefined;
    extras.push(
      ...text
        .slice(at + 1, close)
        .split(',')
        .map((e) => normalizedName(e.trim()))
        .filter(Boolean),
    );
    at = close + 1;
    skip();
  }
  const found = { name, nameSpan, extras, span };
  if (text[at] === '@') {
    at += 1;
    skip();
    const rest = text.slice(at, span.to);
    // A URL may hold `;`: the marker's one has a blank before it. PEP 508, "Names", last paragraph.
    const semicolon = rest.search(/\s;/);
    const url = (semicolon < 0 ? rest : rest.slice(0, semicolon)).trim();
    return { ...found, specifier: '', url, ...markerIn(semicolon < 0 ? '' : rest.slice(semicolon + 2)) };
  }
  const rest = text.slice(at, span.to);
  const semicolon = rest.indexOf(';');
  const written = (semicolon < 0 ? rest : rest.slice(0, semicolon)).trim();
  const bare = written.startsWith('(') && written.endsWith(')') ? written.slice(1, -1) : written;
  const clauses = bare
    .split(',')
    .map((c) => c.replaceAll(/\s+/g, ''))
    .filter(Boolean);
  if (!clauses.every(isClause)) return undefined;
  return { ...found, specifier: clauses.join(','), ...markerIn(semicolon < 0 ? '' : rest.slice(semicolon + 1)) };
}

const markerIn = (text: string): { marker?: string } => (text.trim() === '' ? {} : { marker: text.trim() });
const isAlphanumeric = (c: string | undefined): boolean => c !== undefined && /^[A-Za-z0-9]$/.test(c);
const isNameCharacter = (c: string | undefined): boolean => c !== undefined && /^[A-Za-z0-9._-]$/.test(c);
/** PEP 440, "Version specifiers". */
const isClause = (clause: string): boolean => /^(===|~=|==|!=|<=|>=|<|>)[A-Za-z0-9.*+!_-]+$/.test(clause);

/** One exact version: `==1.2.3`, without a wildcard. */
export const isPinned = (specifier: string): boolean => /^={2,3}[^,*]+$/.test(specifier);
