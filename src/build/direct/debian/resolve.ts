import { UserError, silent, type Progress } from '../../../base/index.ts';
import type { Store } from '../../../base/node.ts';
import type { DebianLock, LockedPackage } from '../../types.ts';
import { openIndex, openSuite, type ArchiveJob, type Suite } from './archive.ts';
import { closureOf, type Candidate } from './closure.ts';
import { scripted } from './scripted.ts';
import { findMirrors, familyOf, mirrorsIfAny, type MirrorOptions, type Mirrors } from './sources.ts';
import { noSnapshots, snapshotMirrors, snapshotTime } from './snapshot.ts';
import { together } from './together.ts';

export interface DebianRequest {
  readonly suite: 'bookworm' | 'trixie';
  /** Debian's name of the architecture: `amd64`, `arm64`. */
  readonly architecture: string;
  /** Minor version of the interpreter: `3.11`. */
  readonly python: string;
  /** Packages beside those, such as `tini`. */
  readonly packages: readonly string[];
  /** The archive is taken as of then: `2026-11-30`. Absent: as it is. */
  readonly snapshot?: string | undefined;
  readonly lock?: DebianLock | undefined;
  /** Fail when the lock does not answer the request. */
  readonly locked: boolean;
}

export interface DebianJob extends MirrorOptions {
  readonly store: Store;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since the epoch; default now. */
  readonly nowMs?: number | undefined;
  /** Milliseconds since the epoch: when the locked packages were the archive's own. A snapshot of then has what has left it. */
  readonly lockedAtMs?: number | undefined;
}

export interface DebianResolution {
  /** For this architecture only, sorted by name. */
  readonly packages: readonly LockedPackage[];
  readonly suites: DebianLock['suites'];
  /** The lock given, brought up to date for this request; other architectures stay as they were. */
  readonly lock: DebianLock;
  readonly notes: readonly string[];
}

/** What every image on Debian has, whatever runs in it. `tzdata` and `netbase` are what `zoneinfo` and `socket` read. */
const baseRoots = ['base-files', 'ca-certificates', 'libc-bin', 'libc6', 'libstdc++6', 'netbase', 'tzdata'];

/** The interpreter with its standard library. Debian keeps 3.11's distutils apart, and much code still imports it. */
const pythonRoots: Readonly<Record<string, readonly string[]>> = {
  '3.11': ['python3.11', 'python3-distutils', 'python3-lib2to3'],
  '3.13': ['python3.13'],
};

const pythonOf: Readonly<Record<DebianRequest['suite'], string>> = { bookworm: '3.11', trixie: '3.13' };

/**
 * The packages of base and interpreter. With a lock that answers the request exactly those, and nothing is fetched;
 * otherwise the newest in the suite, its updates and its security suite together.
 * Throws UserError for a Python that the suite does not have, an unknown package, or a lock out of date under `locked`;
 * EnvironmentError when the archive cannot be had or is not to be trusted.
 */
export async function resolveDebian(request: DebianRequest, job: DebianJob): Promise<DebianResolution> {
  const roots = rootsOf(request);
  const fromLock = request.lock && lockedFor(request.lock, request, roots);
  if (fromLock && request.lock) return { packages: fromLock, suites: request.lock.suites, lock: request.lock, notes: [] };
  if (request.locked) throw new UserError(outOfDate(request), 'run `plimsoll pin`, and commit plimsoll.lock', { file: 'plimsoll.lock' });
  const archive: ArchiveJob = { store: job.store, progress: job.progress ?? silent, nowMs: job.nowMs ?? Date.now(), signal: job.signal };
  const suites = await openSuites(request.suite, await mirrorsOf(request, job), archive);
  const indexes = await together(
    suites.map(async (suite) => ({ suite: suite.suite, index: await openIndex(suite, request.architecture, archive) })),
  );
  archive.progress({ task: 'debian index', done: true });
  const closure = closureOf(roots, indexes);
  refuseScripted(closure, request);
  const packages = closure.map((candidate) => lockedOf(candidate, request.architecture));
  const dates = suites.map(({ suite, release }) => ({ suite, codename: release.codename, date: new Date(release.dateMs).toISOString() }));
  return { packages, suites: dates, lock: merged(request, roots, packages, dates), notes: suites.flatMap((suite) => suite.notes) };
}

/** Those of today, or of the snapshot that is asked for. */
async function mirrorsOf({ snapshot }: DebianRequest, job: DebianJob): Promise<Mirrors> {
  if (snapshot === undefined) return findMirrors(job);
  const atMs = snapshotTime(snapshot, job.nowMs ?? Date.now());
  const found = snapshotMirrors(atMs, await mirrorsIfAny(job), job);
  if (!found) throw noSnapshots(`Debian is to be taken as of ${snapshot}`);
  return found;
}

function rootsOf(request: DebianRequest): string[] {
  const python = pythonOf[request.suite] === request.python ? pythonRoots[request.python] : undefined;
  if (!python)
    throw new UserError(
      `Debian ${request.suite} has Python ${pythonOf[request.suite]}, not ${request.python}`,
      `set \`python: "${pythonOf[request.suite]}"\`, or choose a base that has ${request.python}`,
    );
  return [...new Set([...baseRoots, ...python, ...request.packages])].toSorted();
}

function openSuites(suite: string, mirrors: Mirrors, job: ArchiveJob): Promise<Suite[]> {
  const names = [suite, `${suite}-updates`, ...(mirrors.security.length > 0 ? [`${suite}-security`] : [])];
  return together(names.map((name) => openSuite(name, mirrorsFor(name, mirrors), job)));
}

const mirrorsFor = (suite: string, mirrors: Mirrors): Mirrors['main'] => (familyOf(suite) === 'security' ? mirrors.security : mirrors.main);

function lockedOf(candidate: Candidate, architecture: string): LockedPackage {
  const { name, version, sha256, filename, suite } = candidate;
  return { name, version, architecture: candidate.architecture, for: architecture, sha256, size: candidate.sizeBytes, filename, suite };
}

/** The lock's packages, if it was made for just this request. */
function lockedFor(lock: DebianLock, request: DebianRequest, roots: readonly string[]): LockedPackage[] | undefined {
  if (lock.snapshot !== request.snapshot) return undefined;
  const wanted = lock.wanted.find((one) => one.for === request.architecture);
  if (wanted?.suite !== request.suite || wanted.packages.join() !== roots.join()) return undefined;
  const packages = lock.packages.filter((one) => one.for === request.architecture);
  return roots.every((root) => packages.some((one) => one.name === root)) ? packages : undefined;
}

function refuseScripted(closure: readonly Candidate[], { packages }: DebianRequest): void {
  const found = closure.find(({ name }) => scripted.has(name));
  if (found)
    throw new UserError(
      `\`${found.name}\`, for ${packages.join(', ')}, cannot be installed without running its scripts: ${scripted.get(found.name)}`,
      'write a Dockerfile (`plimsoll init`) and build with `--engine buildkit`, or leave the package out (`systemPackages`, `packages` in plimsoll.yaml)',
    );
}

const outOfDate = (request: DebianRequest): string =>
  `plimsoll.lock ${request.lock ? 'was made for other Debian packages or another platform than' : 'holds no Debian packages for'} ${request.suite} on ${request.architecture}`;

function merged(
  request: DebianRequest,
  roots: readonly string[],
  packages: readonly LockedPackage[],
  suites: DebianLock['suites'],
): DebianLock {
  const before = request.lock?.snapshot === request.snapshot ? request.lock : undefined;
  const others = before?.wanted.filter((one) => one.for !== request.architecture && one.suite === request.suite) ?? [];
  const kept = before?.packages.filter((one) => others.some((other) => other.for === one.for)) ?? [];
  const byArchitecture = (a: { for: string }, b: { for: string }): number => (a.for < b.for ? -1 : a.for > b.for ? 1 : 0);
  return {
    ...(request.snapshot === undefined ? {} : { snapshot: request.snapshot }),
    suites,
    wanted: [...others, { suite: request.suite, for: request.architecture, packages: roots }].toSorted(byArchitecture),
    packages: [...kept, ...packages].toSorted((a, b) => byArchitecture(a, b) || (a.name < b.name ? -1 : 1)),
  };
}
