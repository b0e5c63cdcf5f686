import { isSecretName } from './named-value.ts';
import { PEM_MARK } from './private-key.ts';
import { shownOf } from './text.ts';
import { TOKENS } from './tokens.ts';

/** What names no value, only where it comes from. */
const REFERENCE = /^["']?[$/]|^["']?$/;

// Each begins where a word does: a long run of their characters is gone through once.
const ASSIGNED = /(?<![\w.-])(-{0,2})([A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s]*)/g;
const GIVEN = /(?<![\w.-])(--?)([\w.-]+)(["',\s]+)([^\s"',-][^\s"',]*)/g;
const IN_ADDRESS = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@'"]{0,256}:)([^\s@/'"]+)(?=@[^\s/@])/gi;
const KEY = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g;

/**
 * A text that an image says of itself (a command, a step of its history) with the secrets in it shortened to how they
 * begin: tokens by their shape, values under the name of a secret, passwords in addresses, private keys.
 */
export function masked(text: string): string {
  const named = (name: string, value: string): string => (isSecretName(name) && !REFERENCE.test(value) ? shownOf(unquoted(value)) : value);
  const keyless = text.includes(PEM_MARK) ? text.replaceAll(KEY, '[private key]') : text;
  return TOKENS.reduce(withoutToken, keyless)
    .replaceAll(ASSIGNED, (_, dashes: string, name: string, value: string) => `${dashes}${name}=${named(name, value)}`)
    .replaceAll(GIVEN, (_, dashes: string, name: string, gap: string, value: string) => `${dashes}${name}${gap}${named(name, value)}`)
    .replaceAll(IN_ADDRESS, (_, before: string, password: string) => before + (REFERENCE.test(password) ? password : shownOf(password)));
}

/** The value of a variable or label. */
export const maskedValue = (name: string, value: string): string =>
  isSecretName(name) && !REFERENCE.test(value) ? shownOf(value) : masked(value);

/** Words of a command: `--token VALUE` is two of them. */
export const maskedWords = (words: readonly string[]): readonly string[] =>
  words.map((word, i) => {
    const option = /^--?([\w.-]+)$/.exec(words[i - 1] ?? '')?.[1];
    return option === undefined || word.startsWith('-') ? masked(word) : maskedValue(option, word);
  });

function withoutToken(text: string, { marks, pattern, holds }: (typeof TOKENS)[number]): string {
  if (!marks.some((mark) => text.includes(mark))) return text;
  return text.replaceAll(pattern, (whole: string, ...found: readonly unknown[]) => {
    const token = typeof found[0] === 'string' ? found[0] : whole;
    return holds(token, text) ? whole.slice(0, whole.length - token.length) + shownOf(token) : whole;
  });
}

const unquoted = (text: string): string => text.replaceAll(/^["']|["']$/g, '');
