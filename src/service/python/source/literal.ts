/**
 * The value of a Python string literal with its prefix and quotes. Undefined for bytes.
 * Language Reference, 2.4.1 "String and Bytes literals".
 */
export function stringValue(literal: string): string | undefined {
  const quote = literal.search(/['"]/);
  const prefix = literal.slice(0, quote).toLowerCase();
  if (prefix.includes('b')) return undefined;
  const body = literal.slice(quote);
  const width = body.startsWith('"""') || body.startsWith("'''") ? 3 : 1;
  const inner = body.slice(width, Math.max(width, body.length - width));
  return prefix.includes('r') ? inner : unescape(inner);
}

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Text with its backslash escapes replaced; `\N{…}` and unknown escapes stay as they are. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  let out = '';
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] ?? '';
    if (c !== '\\') {
      out += c;
      continue;
    }
    const next = text[i + 1] ?? '';
    const simple = SIMPLE[next];
    const digits = HEX_DIGITS[next];
    const octal = /^[0-7]{1,3}/.exec(text.slice(i + 1, i + 4))?.[0];
    if (simple !== undefined) {
      out += simple;
      i += 1;
    } else if (digits !== undefined) {
      const code = Number.parseInt(text.slice(i + 2, i + 2 + digits), 16);
      out += Number.isNaN(code) || code > 0x10ffff ? '\uFFFD' : String.fromCodePoint(code);
      i += 1 + digits;
    } else if (octal !== undefined) {
      out += String.fromCodePoint(Number.parseInt(octal, 8));
      i += octal.length;
    } else {
      out += c;
    }
  }
  return out;
}

/** The value of a Python number literal; complex numbers and garbage are NaN. */
export function numberValue(literal: string): number {
  return Number(literal.replaceAll('_', '').toLowerCase());
}
