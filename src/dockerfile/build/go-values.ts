/** How Go's standard library reads the values that BuildKit hands it. Undefined: it refuses. */

const booleans: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  TRUE: true,
  true: true,
  True: true, // strconv.ParseBool
  0: false,
  f: false,
  F: false,
  FALSE: false,
  false: false,
  False: false,
};

export const parseBoolean = (text: string): boolean | undefined => (Object.hasOwn(booleans, text) ? booleans[text] : undefined);

/** strconv.ParseUint(text, base, 32) for base 8 and 10. */
export function parseUnsigned(text: string, base: 8 | 10): number | undefined {
  if (!(base === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(text)) return undefined;
  const value = Number.parseInt(text, base);
  return value < 2 ** 32 ? value : undefined;
}

/** strconv.ParseInt(text, 10, bits). */
export function parseInteger(text: string, bits: 32 | 64): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  const limit = 1n << BigInt(bits - 1);
  return value >= -limit && value < limit ? value : undefined;
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** time.ParseDuration: nanoseconds. */
export function parseDuration(text: string): number | undefined {
  const sign = /^[+-]/.test(text) ? text.charAt(0) : '';
  const rest = text.slice(sign.length);
  if (rest === '0') return 0;
  if (!/^(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let total = 0;
  for (const [, number = '', unit = ''] of rest.matchAll(/([0-9.]+)([a-zµμ]+)/g)) total += Math.floor(Number(number) * (UNITS[unit] ?? 0));
  return total < 2 ** 63 ? (sign === '-' ? -total : total) : undefined;
}

/** units.RAMInBytes of docker/go-units: whether the text is a size. */
export function isSize(text: string): boolean {
  const match = /^(.*?[0-9.]|.*?(?= ))(?: ?)([^0-9. ]*)$/.exec(text);
  if (match === null) return false;
  const [, number = '', suffix = ''] = match;
  return /^[+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(number) && /^(?:b|[kmgtp](?:b|ib)?)?$/i.test(suffix);
}

/** csvvalue.Fields: one line of comma-separated fields; undefined where quotes do not close or stand inside a field. */
export function csvFields(text: string): readonly string[] | undefined {
  const line = text.replace(/\r?\n$/, '');
  // io.EOF, which BuildKit takes for an error.
  if (line === '') return undefined;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line.charAt(at) !== '"') {
      const comma = line.indexOf(',', at);
      const field = line.slice(at, comma === -1 ? undefined : comma);
      if (field.includes('"')) return undefined;
      fields.push(field);
      if (comma === -1) return fields;
      at = comma + 1;
      continue;
    }
    const quoted = /^"((?:[^"]|"")*)"(,|$)/.exec(line.slice(at));
    if (quoted === null) return undefined;
    fields.push((quoted[1] ?? '').replaceAll('""', '"'));
    if (quoted[2] === '') return fields;
    at += quoted[0].length;
  }
}

/** path.Clean. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  const joined = parts.join('/');
  return rooted ? `/${joined}` : joined === '' ? '.' : joined;
}
