import { UserError } from '../base/index.ts';

/** One line of a .dockerignore, normalised. */
interface Pattern {
  readonly negated: boolean;
  readonly matches: (path: string) => boolean;
}

/** Tells whether a path is left out. Paths are relative, POSIX, without `./`. */
export type IgnoreMatcher = (path: string) => boolean;

/**
 * A matcher with the meaning of moby's patternmatcher v0.6.0, quirks included: the last pattern that matches the
 * path or one of its parents decides; `!` takes back. `extra` patterns come after those of the text.
 * Throws UserError with the line of a pattern that moby refuses too.
 */
export function ignoreMatcher(text: string, extra: readonly string[] = [], file = '.dockerignore'): IgnoreMatcher {
  const patterns = [...linesOf(text).map((line) => patternOf(line.text, file, line.number)), ...extra.map((line) => patternOf(line, file))];
  return (path) => {
    const candidates = [path, ...parentsOf(path)];
    let ignored = false;
    for (const pattern of patterns) if (pattern.negated === ignored && candidates.some(pattern.matches)) ignored = !pattern.negated;
    return ignored;
  };
}

/** ignorefile.ReadAll: a BOM goes, comments are lines that begin with `#`, blanks around are trimmed. */
function linesOf(text: string): { text: string; number: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, i) => ({ text: line.replace(/\r$/, ''), number: i + 1 }))
    .filter((line) => !line.text.startsWith('#'))
    .map((line) => ({ ...line, text: line.text.trim() }))
    .filter((line) => line.text !== '');
}

/** ignorefile.ReadAll, then patternmatcher.New: each looks for `!` by itself, so `/!a` is an exception as well. */
function patternOf(line: string, file: string, number?: number): Pattern {
  const refuse = (why: string): UserError =>
    new UserError(
      `pattern \`${line}\` ${why}`,
      'mend it as the Dockerfile reference, ".dockerignore file", describes',
      number === undefined ? { file } : { file, line: number, column: 1 },
    );
  const cleaned = cleanPath(normalised(line));
  const negated = cleaned.startsWith('!');
  if (cleaned === '!') throw refuse('names nothing');
  try {
    return { negated, matches: matcherOf(negated ? cleaned.slice(1) : cleaned) };
  } catch {
    throw refuse('is not well formed');
  }
}

function normalised(line: string): string {
  const inverted = line.startsWith('!');
  const raw = (inverted ? line.slice(1) : line).trim();
  const cleaned = raw === '' ? '' : cleanPath(raw);
  return `${inverted ? '!' : ''}${cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned}`;
}

/** Go's path.Clean: lexical, without trailing `/`, `a/../b` is `b`, empty is `.`. */
function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (!rooted) out.push('..');
  }
  const joined = out.join('/');
  return rooted ? `/${joined}` : joined || '.';
}

/** Parents from the top down: `a`, `a/b` for `a/b/c`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

const SPECIAL = /[.+()|{}$^]/;

/** The four kinds of moby's Pattern.compile: exact, prefix (`x**`), suffix (`**x`), regular expression. */
function matcherOf(pattern: string): (path: string) => boolean {
  let kind: 'exact' | 'prefix' | 'suffix' | 'regexp' = 'exact';
  let source = '^';
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i += 1) {
    const ch = chars[i] ?? '';
    if (ch === '*' && chars[i + 1] === '*') {
      const first = i === 0;
      i += chars[i + 2] === '/' ? 2 : 1;
      if (i + 1 >= chars.length && kind === 'exact') kind = 'prefix';
      else {
        source += i + 1 >= chars.length ? '.*' : '(.*/)?';
        kind = 'regexp';
      }
      if (first) kind = 'suffix';
    } else if (ch === '*' || ch === '?') {
      source += ch === '*' ? '[^/]*' : '[^/]';
      kind = 'regexp';
    } else if (ch === '\\') {
      i += 1;
      if (i >= chars.length) throw new Error('trailing backslash');
      source += escaped(chars[i] ?? '');
      kind = 'regexp';
    } else if (ch === '[') {
      const end = classEnd(chars, i);
      source += chars.slice(i, end + 1).join('');
      i = end;
      kind = 'regexp';
    } else if (ch === ']') {
      source += String.raw`\]`;
      kind = 'regexp';
    } else source += SPECIAL.test(ch) ? `\\${ch}` : ch;
  }
  if (kind === 'exact') return (path) => path === pattern;
  if (kind === 'prefix') return (path) => path.startsWith(pattern.slice(0, -2));
  if (kind === 'suffix') return suffixMatcher(pattern.slice(2));
  const regexp = new RegExp(`${source}$`, 'u');
  return (path) => regexp.test(path);
}

const suffixMatcher =
  (suffix: string) =>
  (path: string): boolean =>
    path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));

const escaped = (ch: string): string =>
  /[A-Za-z0-9_]/.test(ch) || ch.charCodeAt(0) > 127 ? ch : `\\${ch}`.replace(/^\\([^\\^$.*+?()[\]{}|/-])$/u, '$1');

/** Go's path.Match: a class is not empty, its first character after `^` may not be `]`. */
function classEnd(chars: readonly string[], start: number): number {
  const from = chars[start + 1] === '^' ? start + 2 : start + 1;
  const end = chars.indexOf(']', from);
  const body = chars.slice(from, end);
  if (end <= from || body.includes('/') || body.includes('\\') || body[0] === '-' || body.at(-1) === '-') throw new Error('bad class');
  return end;
}
