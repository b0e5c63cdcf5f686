import { normalizedName } from '../../base/index.ts';
import { machineOf } from '../../image/index.ts';
import { compare, satisfies, valid } from '@renovatebot/pep440';

/** The variables of a PEP 508 marker; `extra` is set by who asks. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

/** The environment of CPython on Linux: PEP 508, "Environment Markers". The patch level and the kernel are not known. */
export function linuxEnvironment(version: string, architecture: string): MarkerEnvironment {
  const machine = machineOf(architecture) ?? architecture;
  return {
    os_name: 'posix',
    sys_platform: 'linux',
    platform_system: 'Linux',
    platform_machine: machine,
    platform_python_implementation: 'CPython',
    implementation_name: 'cpython',
    python_version: version,
    python_full_version: `${version}.0`,
    implementation_version: `${version}.0`,
    platform_release: '',
    platform_version: '',
  };
}

/** Variables whose values only the running machine knows: a marker about them is not decided. */
const UNKNOWN = new Set(['platform_release', 'platform_version', 'python_full_version', 'implementation_version']);

/** Whether a marker holds. Undefined when it cannot be told, or is none. */
export function markerHolds(marker: string, environment: MarkerEnvironment, extras: ReadonlySet<string>): boolean | undefined {
  const tokens = marker.match(/\(|\)|'[^']*'|"[^"]*"|[<>=!~]=?=?|\bnot\s+in\b|[\w.]+/g) ?? [];
  let at = 0;
  const or = (): boolean | undefined => {
    let value = and();
    while (tokens[at] === 'or') {
      at += 1;
      const right = and();
      value = value === true || right === true ? true : value === undefined || right === undefined ? undefined : false;
    }
    return value;
  };
  const and = (): boolean | undefined => {
    let value = atom();
    while (tokens[at] === 'and') {
      at += 1;
      const right = atom();
      value = value === false || right === false ? false : value === undefined || right === undefined ? undefined : true;
    }
    return value;
  };
  const atom = (): boolean | undefined => {
    if (tokens[at] === '(') {
      at += 1;
      const value = or();
      at += 1;
      return value;
    }
    const [left, operator, right] = tokens.slice(at, at + 3);
    at += 3;
    return left === undefined || operator === undefined || right === undefined
      ? undefined
      : compareValues(left, operator.replaceAll(/\s+/g, ' '), right, environment, extras);
  };
  const value = or();
  return at === tokens.length ? value : undefined;
}

function compareValues(
  left: string,
  operator: string,
  right: string,
  environment: MarkerEnvironment,
  extras: ReadonlySet<string>,
): boolean | undefined {
  if (left === 'extra' || right === 'extra') {
    const held = extras.has(normalizedName(unquoted(left === 'extra' ? right : left)));
    return operator === '==' ? held : operator === '!=' ? !held : undefined;
  }
  if (UNKNOWN.has(left) || UNKNOWN.has(right)) return undefined;
  const value = (token: string): string | undefined => (/^['"]/.test(token) ? unquoted(token) : environment[token]);
  const [a, b] = [value(left), value(right)];
  if (a === undefined || b === undefined) return undefined;
  if (operator === 'in') return b.includes(a);
  if (operator === 'not in') return !b.includes(a);
  if (valid(a) && satisfiable(b)) return satisfies(a, `${operator}${b}`, { prereleases: true });
  if (valid(b) && satisfiable(a)) return versionCompare(a, operator, b);
  return operator === '==' || operator === '===' ? a === b : operator === '!=' ? a !== b : undefined;
}

const satisfiable = (version: string): boolean => valid(version.replace(/\.\*$/, '')) !== null;

function versionCompare(a: string, operator: string, b: string): boolean | undefined {
  const order = compare(a, b);
  return { '==': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator];
}

const unquoted = (token: string): string => token.replaceAll(/^['"]|['"]$/g, '');
