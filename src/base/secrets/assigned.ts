import { base64Bytes } from './base64.ts';
import { isExample, isRandom } from './example.ts';
import { isLiteral, isSecretName } from './named-value.ts';
import { shownOf, type PlacedSecret } from './text.ts';

/** How values are written: `settings` without quotes too. */
export type Syntax = 'settings' | 'code';

/** What names of secrets end with; `isSecretName` judges the whole name. */
const ENDS = 'password|passwd|passphrase|pwd|secret|token|key|credentials?';
/** A quoted value after it: `NAME = "value"`, `"name": "value"`, `name='value'`, `name => "value"`. */
const QUOTED = new RegExp(
  String.raw`(?:${ENDS})\\?["'\x60]?\]?\s{0,8}(?:=>|:=|[=:])\s{0,8}[bru]?\\?(["'\x60])([^"'\x60\s\\]{8,300})\\?\1`,
  'gi',
);
/** A value that ends with its line. */
const BARE = new RegExp(String.raw`(?:${ENDS})[ \t]*[=:][ \t]*([^\s"'\x60#]{8,300})[ \t]*(?:#.*)?\r?$`, 'gim');
const NAME_BEFORE = /[A-Za-z_][\w.-]{0,60}$/;
/** `scheme://user:password@host`. */
const ADDRESS = /:\/\/([^\s:/@'"`<>]{0,60}):([^\s@/'"`<>]{3,200})@([^\s/@'"`<>:]{1,200})/g;

/**
 * Values that look random under the name of a secret, and passwords in addresses. What is told by its context alone may
 * be something else: words, identifiers, hashes, UUIDs, and what stands in for a value are left out, and with them the
 * passwords that people think up.
 */
export function assignedSecretsIn(text: string, syntax: Syntax): readonly PlacedSecret[] {
  const found = new Map<number, PlacedSecret>();
  const note = (match: RegExpExecArray, value: string): void => {
    const name = nameAt(text, match);
    const at = match.index + match[0].lastIndexOf(value);
    if (isSecretName(snake(name)) && isRandomValue(name, value))
      found.set(at, { at, name: `a value for \`${name}\``, shown: shownOf(value) });
  };
  for (const match of text.matchAll(QUOTED)) note(match, match[2] ?? '');
  if (syntax === 'settings') for (const match of text.matchAll(BARE)) note(match, match[1] ?? '');
  for (const match of text.matchAll(ADDRESS)) {
    const [, user = '', password = '', host = ''] = match;
    if (user === password || isOfNobody(host) || !isWrittenOut(password)) continue;
    const at = match.index + 4 + user.length;
    found.set(at, { at, name: 'a password in an address', shown: shownOf(password) });
  }
  return [...found.values()];
}

/** The whole name that ends where a match begins with the end of one. */
function nameAt(text: string, { index, 0: whole }: RegExpExecArray): string {
  const end = index + (/^[a-z]+/i.exec(whole)?.[0].length ?? 0);
  return NAME_BEFORE.exec(text.slice(Math.max(0, end - 62), end))?.[0] ?? '';
}

/** `dbPassword` is `db_Password`. */
const snake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');

const isOfNobody = (host: string): boolean =>
  /^(?:localhost|127\.|0\.0\.0\.0|\[|host|server|proxy|hostname|x|y|example)|\bexample\b|^(?:foo|bar)\.\w+$|\.(?:invalid|test)$/i.test(
    host,
  );

/** Words that people put where a secret is to be; random text holds one in a thousand times at most. */
const STANDS_IN = /example|sample|dummy|placeholder|change|replace|insecure|fake|redacted|secret|passw|token|your_|todo|xxxx|test|mock/i;

/** Of a password in an address: a word is an example more often than not. */
const isWrittenOut = (value: string): boolean =>
  value.length >= 8 &&
  !/^\d{1,5},/.test(value) && // a port, and the next of several hosts
  isLiteral(value) &&
  /\d|[a-z][A-Z]/.test(value) &&
  !/[$<>{}()[\]%*]|\\[nx]/.test(value) &&
  !STANDS_IN.test(value);

function isRandomValue(name: string, value: string): boolean {
  if (/hash|sha\d|digest|checksum|integrity|fingerprint|public|_id$|next|page|continu|cursor|verification/i.test(name)) return false;
  if (!isLiteral(value) || STANDS_IN.test(value) || isExample(value) || /[${}()<>[\],;|]/.test(value)) return false;
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)) return false; // a UUID
  if (/^(?:sha\d+[:-]|AAAA[BCE]3|MII|LS0t|arn:|vault:|[a-z]+:\/\/|data:|[./~])/.test(value)) return false;
  if (isEncodedText(value)) return false;
  return isRandom(value) && (isHex(value) || isMixed(value) || isComposed(value));
}

const isHex = (value: string): boolean => /^(?=.*[a-f])(?=.*\d)[0-9a-f]{24,}$/i.test(value);

/** Letters, digits and cases follow one another as chance has it: words and their parts are longer. */
function isMixed(value: string): boolean {
  const parts = value.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const mean = length / parts.length;
  if (/\d/.test(value)) return length >= 10 && parts.length >= 5 && mean < 2.9;
  return length >= 10 && parts.length >= 5 && mean < 2.4 && /[!#%*+?^&=~]/.test(value);
}

/** Base 64 of words or of JSON: cursors and headers are written so. */
function isEncodedText(value: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(value)) return false;
  return base64Bytes(value).every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** What people make up when they are told to: capitals, small letters, digits and a sign. */
const isComposed = (value: string): boolean =>
  value.length >= 10 && [/[A-Z]/, /[a-z]/, /\d/, /[!#%*+?^&=~]/].every((kind) => kind.test(value)) && !/^[\w.]+[=?&]/.test(value);
