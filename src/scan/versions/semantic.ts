/** semver.org 2.0.0, clauses 2, 9, 10; a leading `v` is what people write. */
const PATTERN = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Orders two semantic versions by semver.org 2.0.0, clause 11; undefined where one is none. */
export function compareSemantic(a: string, b: string): number | undefined {
  const [left, right] = [PATTERN.exec(completed(a)), PATTERN.exec(completed(b))];
  if (!left || !right) return undefined;
  for (const i of [1, 2, 3]) {
    const difference = numbers(left[i] ?? '', right[i] ?? '');
    if (difference !== 0) return difference;
  }
  return preReleases(left[4], right[4]);
}

/** Advisories write `1` and `1.2` too, for `1.0.0` and `1.2.0`. */
const completed = (version: string): string => (/^v?\d+(\.\d+)?$/.test(version) ? completed(`${version}.0`) : version);

/** Of any length. */
function numbers(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+(?=.)/, ''), b.replace(/^0+(?=.)/, '')];
  return left.length - right.length || (left < right ? -1 : Number(left > right));
}

function preReleases(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  const [left, right] = [a.split('.'), b.split('.')];
  for (const [i, one] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const difference = identifiers(one, other);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function identifiers(a: string, b: string): number {
  const [isLeftNumber, isRightNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isLeftNumber && isRightNumber) return numbers(a, b);
  if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

/**
 * Whether a version is in a range as npm's advisories write them: comparators joined by blanks, alternatives by `||`.
 * Undefined where a part cannot be read: then nobody can say.
 */
export function inRange(version: string, range: string): boolean | undefined {
  const alternatives = range.split('||').map((part) => inAll(version, part));
  return alternatives.includes(true) ? true : alternatives.includes(undefined) ? undefined : false;
}

function inAll(version: string, part: string): boolean | undefined {
  const comparators = [...part.trim().matchAll(/(<=|>=|<|>|=)?\s*([^\s<>=,]+)/g)];
  const answers = comparators.map(([, operator = '=', wanted = '']) => {
    if (wanted === '*') return true;
    const order = compareSemantic(version, wanted);
    return order === undefined ? undefined : holds(order, operator);
  });
  if (answers.length === 0) return part.trim() === '' ? true : undefined;
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

function holds(order: number, operator: string): boolean {
  if (order === 0) return operator !== '<' && operator !== '>';
  return operator.startsWith(order < 0 ? '<' : '>');
}

/** The versions at which the parts of a range end that the version is in, which are the first without the flaw: those of `<`. */
export function endsOf(version: string, range: string): readonly string[] {
  return range
    .split('||')
    .filter((part) => inAll(version, part) === true)
    .flatMap((part) => /(?:^|\s)<\s*([^\s<>=,]+)/.exec(part)?.[1] ?? []);
}
