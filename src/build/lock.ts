import { messageOf, shape, UserError, type Flaw, type Shape } from '../base/index.ts';
import { isDigest } from '../base/node.ts';
import { jsonPlaces } from './json-places.ts';
import type { Lock } from './types.ts';

const { listOf, matching, object, text, whole } = shape;

/** plimsoll.lock as text: JSON, stable order, ends with a newline. */
export const formatLock = (lock: Lock): string => `${JSON.stringify(lock, null, 2)}\n`;

const digest = matching(isDigest, '`sha256:` and 64 lower-case hexadecimal digits');
const sha256 = matching((hash) => isDigest(`sha256:${hash}`), '64 lower-case hexadecimal digits');
const debian = object(
  {
    suites: listOf(object({ suite: text, codename: text, date: text })),
    wanted: listOf(object({ suite: text, for: text, packages: listOf(text) })),
    packages: listOf(
      object({ name: text, version: text, architecture: text, for: text, sha256, size: whole, filename: text, suite: text }),
    ),
  },
  { snapshot: text },
);
const base = object({ reference: text, platform: text, digest, diffIds: listOf(digest) });
const python = object({ inputs: text, requirements: text });
const commit = matching((id) => /^[0-9a-f]{40}$/.test(id), '40 lower-case hexadecimal digits');
const fromGit = object({ name: text, url: text, commit });
const fromArchive = object({ name: text, url: text, sha256 });
const source: Shape = (value, at) => (typeof value === 'object' && value !== null && 'commit' in value ? fromGit : fromArchive)(value, at);
const lockShape = object({}, { debian, bases: listOf(base), python, sources: listOf(source), backends: listOf(python) });

/** Reads plimsoll.lock. Throws UserError where it is damaged, and when it comes from a newer Plimsoll. */
export function parseLock(source: string, file = 'plimsoll.lock'): Lock {
  const refuse = (what: string, line: number, hint = REMAKE): UserError => new UserError(`plimsoll.lock ${what}`, hint, { file, line });
  let lock: Lock;
  try {
    lock = JSON.parse(source) as Lock;
  } catch (error) {
    const offset = Math.min(jsonPlaces(source).brokenAt ?? 0, source.trimEnd().length);
    throw refuse(brokenAs(source, offset) ?? `is not JSON: ${messageOf(error)}`, lineAt(source, offset));
  }
  if (typeof lock !== 'object' || lock === null || Array.isArray(lock)) throw refuse('holds no lock', 1);
  if (lock.version !== 1) {
    const hint = 'use the Plimsoll that wrote it, or delete it';
    throw refuse(`has version ${JSON.stringify(lock.version)}, which this Plimsoll does not know`, 1, hint);
  }
  const [flaw] = lockShape(lock, '');
  if (flaw) throw refuse(`is damaged: \`${flaw.at}\` ${flaw.what}`, lineAt(source, offsetOf(flaw, source)));
  return lock;
}

const REMAKE = 'restore it from version control, or delete it: the next build writes it anew';

/** What JSON's own words would hide. */
function brokenAs(source: string, offset: number): string | undefined {
  if (source.slice(offset).trim() === '') return 'ends before it is whole';
  return /^(<{7}|={7}|>{7})/.test(source.slice(offset)) ? 'holds a merge conflict' : undefined;
}

/** Of the value; where it is missing, of what should hold it. */
function offsetOf({ at }: Flaw, source: string): number {
  const { values } = jsonPlaces(source);
  return values.get(at) ?? values.get(at.replace(/\.?[^.]*$/, '')) ?? 0;
}

const lineAt = (source: string, offset: number): number => source.slice(0, offset).split('\n').length;
