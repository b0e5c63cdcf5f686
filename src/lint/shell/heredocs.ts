import type { Cursor, Pending } from './cursor.ts';
import { quotedPart } from './quotes.ts';
import type { Token } from './token.ts';

/** Reads the here-documents that were begun in the line that ends here. */
export function readHeredocs(cursor: Cursor): void {
  const { pending } = cursor;
  if (pending.length === 0) return;
  cursor.pending = [];
  for (const heredoc of pending) heredoc.fill(readHeredoc(cursor, heredoc));
}

function readHeredoc(cursor: Cursor, heredoc: Pending): readonly Token[] {
  const start = cursor.at;
  for (;;) {
    const { at } = cursor;
    const newline = cursor.text.indexOf('\n', at);
    const end = newline === -1 ? cursor.text.length : newline;
    cursor.at = newline === -1 ? end : end + 1;
    if (isEnd(cursor.text.slice(at, end), heredoc)) return contentOf(cursor, start, at, heredoc);
    if (cursor.ended) cursor.refuse();
  }
}

/** Blanks after the word are forgiven, as ShellCheck does. */
function isEnd(line: string, { name, dashed }: Pending): boolean {
  const at = line.indexOf(name);
  if (at === -1 || !/^[ \t]*$/.test(line.slice(at + name.length))) return false;
  return dashed ? /^\t*$/.test(line.slice(0, at)) : at === 0;
}

function contentOf(cursor: Cursor, start: number, end: number, { quoted }: Pending): readonly Token[] {
  if (quoted) return [];
  const after = cursor.at;
  const content = cursor.text.slice(start, end);
  const parts = cursor.inner(content, start, (inner) => {
    const found: Token[] = [];
    while (!inner.ended)
      found.push(inner.char === '"' ? inner.token('literal', inner.at, [], inner.match(/[^`$\\]+/y)) : quotedPart(inner));
    return found;
  });
  cursor.at = after;
  return parts ?? cursor.refuse();
}
