import { PEM_MARK, privateKeysIn, PUTTY_MARK } from './private-key.ts';
import { TOKENS } from './tokens.ts';

/** Where a secret begins in a text, and what it is: `AWS access key`, `private key`. Its text is never kept. */
export interface PlacedSecret {
  readonly at: number;
  readonly name: string;
  /** What may be shown of it, `AKIA… (20 characters, account 123456789012)`; absent for private keys. */
  readonly shown?: string;
}

/** Every secret that `secretsIn` finds holds one of these or stands beside it. */
export const MARKS: readonly string[] = [PEM_MARK, PUTTY_MARK, ...new Set(TOKENS.flatMap((it) => it.marks))];

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\-]/g, String.raw`\$&`);
const QUICK = new RegExp(MARKS.map(escaped).join('|'));

/** The first four characters, or a quarter of what is short, and how many there are. */
export function shownOf(value: string, tells?: string): string {
  const begins = value.slice(0, Math.min(4, Math.floor(value.length / 4)));
  return `${begins}… (${value.length} characters${tells === undefined ? '' : `, ${tells}`})`;
}

/** Private keys and tokens in a text, by their shapes. */
export function secretsIn(text: string): readonly PlacedSecret[] {
  if (!QUICK.test(text)) return [];
  const found: PlacedSecret[] = text.includes(PEM_MARK) || text.includes(PUTTY_MARK) ? [...privateKeysIn(text)] : [];
  for (const { name, marks, pattern, holds, tells } of TOKENS) {
    if (!marks.some((mark) => text.includes(mark))) continue;
    for (const match of text.matchAll(pattern)) {
      const [whole, token = whole] = match;
      const at = match.index + whole.length - token.length;
      const around = text.slice(Math.max(0, at - 300), at + token.length + 300);
      if (holds(token, around)) found.push({ at, name, shown: shownOf(token, tells?.(token)) });
    }
  }
  return found;
}
