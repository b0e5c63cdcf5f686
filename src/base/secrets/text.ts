import { PEM_MARK, privateKeysIn } from './private-key.ts';
import { TOKENS } from './tokens.ts';

/** Where a secret begins in a text, and what it is: `AWS access key`, `private key`. Its text is never kept. */
export interface PlacedSecret {
  readonly at: number;
  readonly name: string;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\-]/g, String.raw`\$&`);
const QUICK = new RegExp([PEM_MARK, ...new Set(TOKENS.map((it) => it.mark))].map(escaped).join('|'));

/** Private keys and tokens in a text, by their shapes. */
export function secretsIn(text: string): readonly PlacedSecret[] {
  if (!QUICK.test(text)) return [];
  const found: PlacedSecret[] = text.includes(PEM_MARK) ? [...privateKeysIn(text)] : [];
  for (const { name, mark, pattern, holds } of TOKENS) {
    if (!text.includes(mark)) continue;
    for (const match of text.matchAll(pattern)) {
      const around = text.slice(Math.max(0, match.index - 300), match.index + 300);
      if (holds?.(match[0], around) ?? true) found.push({ at: match.index, name });
    }
  }
  return found;
}
