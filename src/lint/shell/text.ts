import { commandWords, type Token } from './token.ts';

/** The text of a word that no shell has to expand; undefined where one has to. */
export function literalText(token: Token): string | undefined {
  switch (token.kind) {
    case 'word':
    case 'double-quoted':
    case 'translated': {
      let text = '';
      for (const part of token.parts) {
        const literal = literalText(part);
        if (literal === undefined) return undefined;
        text += literal;
      }
      return text;
    }
    case 'literal':
    case 'single-quoted':
    case 'operator':
      return token.text;
    case 'escaped-quoted':
      return decoded(token.text);
    default:
      return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', e: '\u001B', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The escapes of `$'…'`. */
const decoded = (text: string): string =>
  text.replaceAll(/\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|([\s\S]))/g, (all, hex?: string, octal?: string, char?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) % 256);
    return ESCAPES[char ?? ''] ?? (`'"\\`.includes(char ?? '') ? (char ?? '') : all);
  });

/** The text of a word with `${…}` for what is expanded. What has no such text, as `{a,b}`, has none at all. */
export function spokenText(token: Token): string {
  const ofParts = (): string => token.parts.map(spokenText).join('');
  switch (token.kind) {
    case 'word':
    case 'double-quoted':
      return ofParts();
    case 'parameter':
    case 'substitution':
      return `\${${ofParts()}}`;
    case 'arithmetic':
    case 'backticks':
      return '${VAR}';
    case 'glob':
    case 'literal':
    case 'operator':
    case 'single-quoted':
    case 'escaped-quoted':
      return token.text;
    case 'pipeline':
      return token.parts.length === 1 ? ofParts() : '';
    case 'redirected':
      return spokenText(token.parts.at(-1) as Token);
    case 'command':
      return commandWords(token).map(spokenText).join('');
    default:
      return '';
  }
}
