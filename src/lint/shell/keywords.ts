import type { Cursor } from './cursor.ts';
import { sign, someSpacing, spacing } from './spaces.ts';

/** Reads a keyword that stands alone, and the blanks after it. */
export function keyword(cursor: Cursor, text: string): void {
  cursor.attempt(() => {
    cursor.expect(text);
    if (!';()[<>&| \t'.includes(cursor.char)) cursor.ahead(() => someSpacing(cursor));
  });
  spacing(cursor);
}

/** Keywords that end a list of commands. */
const ENDS = /then|else|elif|fi|done|do|esac/y;

/** Whether a list of commands ends here, for there is what belongs to the construct around it. */
export function endsList(cursor: Cursor): boolean {
  switch (cursor.char) {
    case '}':
    case ')':
      return true;
    case ';':
      return cursor.next === ';';
    case 't':
    case 'e':
    case 'f':
    case 'd':
      return (
        cursor.isAt(ENDS) &&
        cursor.isAhead(() =>
          keyword(
            cursor,
            cursor.ahead(() => cursor.match(ENDS)),
          ),
        )
      );
    default:
      return false;
  }
}

export function semicolon(cursor: Cursor): void {
  if (cursor.sees(';;')) cursor.refuse();
  sign(cursor, ';');
}
