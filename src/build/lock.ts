import { isDigest } from '../base/node.ts';
import { UserError } from '../base/index.ts';
import type { Lock, LockedBase, LockedSource } from './types.ts';

/** plimsoll.lock as text: JSON, stable order, ends with a newline. */
export const formatLock = (lock: Lock): string => `${JSON.stringify(lock, null, 2)}\n`;

/** Reads plimsoll.lock. Throws UserError when it is not one, or comes from a newer Plimsoll. */
export function parseLock(text: string, file = 'plimsoll.lock'): Lock {
  const refuse = (what: string, hint: string): UserError => new UserError(`plimsoll.lock ${what}`, hint, { file });
  const remake = 'restore it from version control, or delete it: the next build writes it anew';
  let lock: Lock;
  try {
    lock = JSON.parse(text) as Lock;
  } catch (error) {
    throw refuse(`is not JSON: ${error instanceof Error ? error.message : ''}`, remake);
  }
  if (typeof lock !== 'object' || lock === null) throw refuse('holds no lock', remake);
  if (lock.version !== 1)
    throw refuse(`has version ${String(lock.version)}, which this Plimsoll does not know`, 'use the Plimsoll that wrote it, or delete it');
  const packages = lock.debian?.packages ?? [];
  const bad = Array.isArray(packages)
    ? packages.find((p) => !isDigest(`sha256:${p.sha256}`) || typeof p.name !== 'string' || typeof p.filename !== 'string')
    : packages;
  if (bad !== undefined) throw refuse('has an entry without a name, a path or a SHA-256', remake);
  if (lock.bases !== undefined && !(Array.isArray(lock.bases) && lock.bases.every(isBase)))
    throw refuse('has a damaged `bases` part', remake);
  if (lock.python && (typeof lock.python.requirements !== 'string' || typeof lock.python.inputs !== 'string'))
    throw refuse('has a damaged `python` part', remake);
  if (lock.sources !== undefined && !(Array.isArray(lock.sources) && lock.sources.every(isSource)))
    throw refuse('has a damaged `sources` part', remake);
  for (const each of lock.backends ?? [])
    if (typeof each.requirements !== 'string' || typeof each.inputs !== 'string') throw refuse('has a damaged `backends` part', remake);
  return lock;
}

const isSource = ({ name, url, commit, sha256 }: LockedSource): boolean =>
  typeof name === 'string' &&
  typeof url === 'string' &&
  (commit === undefined ? /^[0-9a-f]{64}$/.test(sha256 ?? '') : /^[0-9a-f]{40}$/.test(commit));

const isBase = ({ reference, platform, digest, diffIds }: LockedBase): boolean =>
  typeof reference === 'string' && typeof platform === 'string' && isDigest(digest) && Array.isArray(diffIds) && diffIds.every(isDigest);
