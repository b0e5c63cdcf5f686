/**
 * A version constraint of poetry as a PEP 440 specifier set. Undefined for alternatives (`^3.9 || ^4`), which PEP 440
 * cannot say. Source: poetry's manual, “Dependency specification”.
 */
export function fromPoetry(constraint: string): string | undefined {
  if (constraint.includes('|')) return undefined;
  const parts = constraint.split(',').map((p) => p.trim().replaceAll(/\s+/g, ''));
  const specifiers = parts.map(specifierOf);
  return specifiers.includes(undefined) ? undefined : specifiers.filter((s) => s !== '').join(',');
}

function specifierOf(part: string): string | undefined {
  if (part === '*' || part === '') return '';
  const [mark = ''] = /^(\^|~(?!=)|)/.exec(part) ?? [];
  const version = part.slice(mark.length);
  if (mark === '') return plain(part);
  const numbers = version.split('.').map(Number);
  if (numbers.some(Number.isNaN)) return undefined;
  return `>=${version},<${mark === '^' ? caretEnd(numbers) : tildeEnd(numbers)}`;
}

function plain(part: string): string {
  if (/^[<>=!~]/.test(part)) return part.startsWith('=') && !part.startsWith('==') ? `=${part}` : part;
  return `==${part}`;
}

/** `^1.2.3` < 2.0, `^0.2.3` < 0.3, `^0.0.3` < 0.0.4: the leftmost number that is not zero may not change. */
function caretEnd(numbers: readonly number[]): string {
  const first = numbers.findIndex((n) => n !== 0);
  const at = first < 0 ? numbers.length - 1 : first;
  return bumped(numbers, at);
}

/** `~1.2.3` and `~1.2` < 1.3, `~1` < 2. */
const tildeEnd = (numbers: readonly number[]): string => bumped(numbers, Math.min(1, numbers.length - 1));

function bumped(numbers: readonly number[], at: number): string {
  const out = numbers.slice(0, at + 1).map((n, i) => (i === at ? n + 1 : n));
  return (out.length === 1 ? [...out, 0] : out).join('.');
}
