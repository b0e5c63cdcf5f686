/** Where the values of a JSON text stand, by path (`packages[2].name`), and where the text ends to be JSON. Offsets. */
export interface JsonPlaces {
  readonly values: ReadonlyMap<string, number>;
  /** Absent: all of it is JSON. */
  readonly brokenAt?: number;
}

const SPACE = /[ \t\r\n]*/y;
/** RFC 8259. */
const SCALAR =
  /"[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\p{Cc}]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

/** Reads a JSON text for its places alone: what the engines say of broken JSON differs, and is often no place. */
export function jsonPlaces(text: string): JsonPlaces {
  const values = new Map<string, number>();
  let offset = 0;
  const space = (): void => void (offset = after(SPACE, text, offset) ?? offset);
  const word = (): string | undefined => {
    const end = after(SCALAR, text, offset);
    const found = end === undefined ? undefined : text.slice(offset, end);
    offset = end ?? offset;
    return found;
  };
  const sign = (wanted: string): boolean => {
    space();
    const isThere = text[offset] === wanted;
    if (isThere) offset += 1;
    space();
    return isThere;
  };
  /** `each` reads one member, and says whether it could. */
  const members = (close: string, each: (index: number) => boolean): boolean => {
    if (sign(close)) return true;
    for (let index = 0; each(index); index += 1) {
      if (sign(close)) return true;
      if (!sign(',')) return false;
    }
    return false;
  };
  const value = (path: string): boolean => {
    space();
    values.set(path, offset);
    if (sign('[')) return members(']', (index) => value(`${path}[${index}]`));
    if (sign('{')) return members('}', () => member(path));
    return word() !== undefined;
  };
  const member = (path: string): boolean => {
    const name = text[offset] === '"' ? word() : undefined;
    if (name === undefined || !sign(':')) return false;
    return value(path === '' ? String(JSON.parse(name)) : `${path}.${String(JSON.parse(name))}`);
  };
  const isWhole = value('');
  space();
  return isWhole && offset === text.length ? { values } : { values, brokenAt: offset };
}

function after(pattern: RegExp, text: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
