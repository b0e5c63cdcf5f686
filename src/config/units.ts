const BYTES: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4 };

/** Bytes of `68 MB`, `512 MiB`. Throws RangeError on anything else: the schema has admitted it before. */
export const parseSize = (text: string): number => Math.round(parse(text, BYTES));

/** Milliseconds of `500 ms`, `10 s`, `1 m`. Throws RangeError on anything else. */
export const parseDuration = (text: string): number => Math.round(parse(text, MILLISECONDS));

function parse(text: string, units: Readonly<Record<string, number>>): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s?([A-Za-z]+)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  if (number === undefined || factor === undefined) throw new RangeError(`not a quantity: ${text}`);
  return Number(number) * factor;
}
