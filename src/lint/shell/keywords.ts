import type { Cursor } from './cursor.ts';
import { sign, someSpacing, spacing } from './spaces.ts';

/** Reads a keyword that stands alone, and the blanks after it. */
export function keyword(cursor: Cursor, text: string): void {
  cursor.attempt(() => {
    cursor.expect(text);
    if (!cursor.ended && !';()[<>&|'.includes(cursor.char)) cursor.ahead(() => someSpacing(cursor));
  });
  spacing(cursor);
}

/** Keywords that end a list of commands. */
const ENDS = ['then', 'else', 'elif', 'fi', 'do', 'done', 'esac'];

/** Whether a list of commands ends here, for there is what belongs to the construct around it. */
export const endsList = (cursor: Cursor): boolean =>
  '})'.includes(cursor.char || ' ') ||
  cursor.sees(';;') ||
  ENDS.some((text) => cursor.sees(text) && cursor.isAhead(() => keyword(cursor, text)));

export function semicolon(cursor: Cursor): void {
  if (cursor.sees(';;')) cursor.refuse();
  sign(cursor, ';');
}
