import { EnvironmentError, type Progress } from '../../../base/index.ts';
import { sha256, type Digest, type Store } from '../../../base/node.ts';
import type { LockedPackage } from '../../types.ts';
import { fetchBytes } from './fetch.ts';
import type { DebianJob } from './resolve.ts';
import { snapshotMirrors } from './snapshot.ts';
import { familyOf, findMirrors, mirrorsIfAny, type Mirrors } from './sources.ts';
import { together } from './together.ts';

/** Connections at once: what browsers allow themselves for one host. */
const atOnce = 6;

const digestOf = (one: LockedPackage): Digest => `sha256:${one.sha256}`;

/**
 * Puts the packages into the store, those that are not there yet; with all of them there, nothing is asked of the network
 * and no mirror need be known. Every file is checked for the size and hash that are locked.
 * Throws EnvironmentError for a package that no mirror has any more, or that cannot be fetched whole.
 */
export async function fetchPackages(packages: readonly LockedPackage[], job: DebianJob): Promise<void> {
  const there = await Promise.all(packages.map((one) => job.store.has(digestOf(one))));
  const missing = packages.filter((_, i) => there[i] !== true);
  if (missing.length === 0) return;
  const places = await placesOf(job);
  const count = counter(missing, job.progress);
  const queue = missing.values(); // shared: each worker takes the next
  const stop = new AbortController();
  const signal = job.signal ? AbortSignal.any([job.signal, stop.signal]) : stop.signal;
  const work = async (): Promise<void> => {
    try {
      for (const one of queue) await fetchOne(one, places, { store: job.store, signal, onBytes: (bytes) => count(one.name, bytes) });
    } catch (error) {
      stop.abort(error); // the others need not finish
      throw error;
    }
  };
  try {
    await together(Array.from({ length: atOnce }, work));
  } catch (error) {
    job.signal?.throwIfAborted();
    throw stop.signal.aborted ? stop.signal.reason : error; // what failed first, not what was stopped by it
  } finally {
    job.progress?.({ task, done: true });
  }
}

const task = 'debian packages';

function counter(packages: readonly LockedPackage[], progress: Progress | undefined): (name: string, bytes: number) => void {
  const total = packages.reduce((sum, one) => sum + one.size, 0);
  let current = 0;
  return (detail, bytes) => progress?.({ task, detail, current: (current += bytes), total, unit: 'bytes' });
}

/** The mirrors of today, then the archive as of when the packages were locked, if a snapshot service is set. */
async function placesOf(job: DebianJob): Promise<readonly Mirrors[]> {
  const { lockedAtMs } = job;
  const times = lockedAtMs === undefined ? [] : COPIED_AFTER_MS.map((after) => lockedAtMs + after);
  const snapshots = times.flatMap((atMs) => snapshotMirrors(atMs, undefined, job) ?? []);
  const now = await (snapshots.length > 0 ? mirrorsIfAny(job) : findMirrors(job));
  return [...(now ? [now] : []), ...snapshots];
}

/** A suite is copied some hours after the date in its Release file, and may be another the day after. */
const COPIED_AFTER_MS = [0, 6, 24].map((hours) => hours * 3_600_000);

interface FetchJob {
  readonly store: Store;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

async function fetchOne(one: LockedPackage, places: readonly Mirrors[], job: FetchJob): Promise<void> {
  const family = familyOf(one.suite) === 'security' ? 'security' : 'main';
  const uris = places.flatMap((mirrors) => mirrors[family].flatMap((mirror) => mirror.uris));
  const errors: EnvironmentError[] = [];
  let missing = uris.length > 0;
  for (const uri of uris) {
    const url = `${uri}/${one.filename}`;
    const got = await fetchBytes(url, { maxBytes: one.size, signal: job.signal, onBytes: job.onBytes });
    if (got.ok && got.bytes.length === one.size && sha256(got.bytes) === digestOf(one))
      return void (await job.store.put(got.bytes, digestOf(one)));
    if (got.ok) job.onBytes(-got.bytes.length);
    missing &&= !got.ok && got.why === 'missing';
    errors.push(got.ok ? wrong(url, one, got.bytes.length) : got.error);
  }
  throw missing
    ? gone(one, uris)
    : (errors[0] ?? new EnvironmentError(`no mirror is known for ${one.suite}`, 'set PLIMSOLL_DEBIAN_SECURITY_MIRROR'));
}

function wrong(url: string, one: LockedPackage, size: number): EnvironmentError {
  const why =
    size === one.size ? `does not have the locked SHA-256 (${one.sha256.slice(0, 12)}…)` : `has ${size} bytes instead of ${one.size}`;
  return new EnvironmentError(
    `${url} ${why}`,
    'try again; if it stays, the mirror or a proxy serves a changed file: use another one',
    'transient',
  );
}

function gone(one: LockedPackage, uris: readonly string[]): EnvironmentError {
  return new EnvironmentError(
    `${one.name} ${one.version} (${one.architecture}) has left the mirror (${uris.join(', ')}) and is not in the store`,
    'take the newer version with `plimsoll pin --update`, or set PLIMSOLL_DEBIAN_SNAPSHOTS to a snapshot service that still has it, such as https://snapshot.example/archive/{archive}/{time}',
  );
}
