/** What is wrong with a value, and where in it: `layers[2].size`. */
export interface Flaw {
  readonly at: string;
  readonly what: string;
}

/** Finds all flaws of a JSON value; none: it has the shape. */
export type Shape = (value: unknown, at: string) => Flaw[];

export const text: Shape = (value, at) => (typeof value === 'string' ? [] : wrong(at, 'a string', value));

export const whole: Shape = (value, at) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? [] : wrong(at, 'a whole number, 0 or more', value);

export const matching =
  (accepts: (text: string) => boolean, wanted: string): Shape =>
  (value, at) =>
    typeof value === 'string' && accepts(value) ? [] : wrong(at, wanted, value);

export const exactly =
  (wanted: string | number): Shape =>
  (value, at) =>
    value === wanted ? [] : wrong(at, JSON.stringify(wanted), value);

export const listOf =
  (item: Shape): Shape =>
  (value, at) =>
    Array.isArray(value) ? value.flatMap((v, i) => item(v, `${at}[${i}]`)) : wrong(at, 'a list', value);

export const mapOf =
  (item: Shape): Shape =>
  (value, at) =>
    isObject(value) ? Object.entries(value).flatMap(([key, v]) => item(v, `${at}.${key}`)) : wrong(at, 'an object', value);

/** Other properties are allowed: image-spec, considerations.md, "Extensibility". */
export const object =
  (required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, at) => {
    if (!isObject(value)) return wrong(at, 'an object', value);
    const inside = (key: string): string => (at === '' ? key : `${at}.${key}`);
    const missing = Object.entries(required).flatMap(([key, shape]) =>
      value[key] === undefined ? [{ at: inside(key), what: 'is missing' }] : shape(value[key], inside(key)),
    );
    // Go writes null for an empty list or map.
    const others = Object.entries(optional).flatMap(([key, shape]) =>
      value[key] === undefined || value[key] === null ? [] : shape(value[key], inside(key)),
    );
    return [...missing, ...others];
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function wrong(at: string, wanted: string, value: unknown): Flaw[] {
  return [{ at, what: `should be ${wanted}, is ${(JSON.stringify(value) ?? 'undefined').slice(0, 80)}` }];
}
