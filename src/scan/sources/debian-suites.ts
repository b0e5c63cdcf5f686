import { compareVersions, EnvironmentError } from '../../base/index.ts';
import type { Told } from '../advisories.ts';
import { silence, type Answer, type AskJob, type ScannedPackage, type Source } from '../types.ts';

/** A package of a suite, as its index has it. */
export interface SuitePackage {
  readonly name: string;
  readonly version: string;
  readonly sizeBytes: number;
}

/** A suite whose signature and dates were checked. */
export interface SecuritySuite<P extends SuitePackage = SuitePackage> {
  /** `bookworm-security`. */
  readonly suite: string;
  /** Of its Release file: ISO 8601. */
  readonly asOf: string;
  named(name: string): readonly P[];
  /** Whether the release has a package of that name, in whichever version. */
  knows(name: string): boolean;
  /** What changed in it, as its package says; undefined where it says nothing. Fetches the package. */
  changelog(one: P): Promise<string | undefined>;
}

/** Opens the suite with the security updates of a release, for one architecture. Throws EnvironmentError where it cannot be had. */
export type OpenSuite = (release: string, architecture: string, job: AskJob) => Promise<SecuritySuite>;

/**
 * Debian's security suites, by apt's own configuration: who has an older version than the newest there lacks what was fixed
 * since. Which vulnerabilities these are stands in the package's changelog. Of what is not fixed it says nothing.
 */
export const debianSuites = (open: OpenSuite): Source => ({
  id: 'debian-suites',
  name: 'Debian’s security suites',
  saysNothingOf: 'what Debian has not fixed, or fixed without a security update; it rates nothing',
  concerns: ({ ecosystem, distribution }) => ecosystem === 'debian' && distribution?.id === 'debian',
  async ask(packages, job) {
    const answers = new Map<ScannedPackage, Answer>();
    const late = AbortSignal.timeout(job.withinMs * REQUESTS);
    const bounded = { ...job, signal: job.signal ? AbortSignal.any([job.signal, late]) : late };
    for (const group of grouped(packages, ({ distribution }) => distribution?.codename ?? ''))
      for (const [one, answer] of await askSuite(open, group, bounded, late)) answers.set(one, answer);
    return answers;
  },
});

/** An archive is several requests, some of them large: so many times one request's time is for all of them. */
const REQUESTS = 8;

async function askSuite(
  open: OpenSuite,
  packages: readonly ScannedPackage[],
  job: AskJob,
  late: AbortSignal,
): Promise<ReadonlyMap<ScannedPackage, Answer>> {
  const [first] = packages;
  const release = first?.distribution?.codename;
  const all = (answer: (one: ScannedPackage) => Answer): ReadonlyMap<ScannedPackage, Answer> =>
    new Map(packages.map((one) => [one, answer(one)]));
  if (release === undefined) return all(() => silence('the image’s os-release names no release of Debian'));
  try {
    const suite = await open(release, architectureOf(packages), job);
    const behind = packages.flatMap((one) => newerIn(suite, one));
    const told = new Map<ScannedPackage, readonly Told[]>();
    for (const group of grouped(behind, ({ one, update }) => `${one.source?.name ?? one.name} ${one.version} ${update.version}`)) {
      const same = await toldOf(suite, group);
      for (const { one } of group) told.set(one, same);
    }
    return all((one) =>
      // From elsewhere, or of another release: then its having no update says nothing.
      suite.knows(one.name)
        ? { answered: true, told: told.get(one) ?? [], asOf: suite.asOf }
        : silence(`Debian ${release} has no package of that name: its suites say nothing of it`),
    );
  } catch (error) {
    if (late.aborted) return all(() => silence(`Debian’s archive did not answer in ${(job.withinMs * REQUESTS) / 1000} s`));
    job.signal?.throwIfAborted();
    if (error instanceof EnvironmentError) return all(() => silence(error.message));
    throw error;
  }
}

/** Packages for all architectures are in the index of each. */
const architectureOf = (packages: readonly ScannedPackage[]): string =>
  packages.map(({ architecture }) => architecture).find((it) => it !== undefined && it !== 'all') ?? 'amd64';

interface Behind {
  readonly one: ScannedPackage;
  readonly update: SuitePackage;
}

function newerIn(suite: SecuritySuite, one: ScannedPackage): Behind[] {
  const [newest] = suite.named(one.name).toSorted((a, b) => compareVersions(b.version, a.version));
  return newest && compareVersions(newest.version, one.version) > 0 ? [{ one, update: newest }] : [];
}

/** Of packages that were built together one changelog tells all; the smallest is asked first, because some have that of another by a link. */
async function toldOf(suite: SecuritySuite, group: readonly Behind[]): Promise<readonly Told[]> {
  const { one, update } = group[0]!;
  const named = new Map<string, string>();
  for (const { update: candidate } of group.toSorted((a, b) => a.update.sizeBytes - b.update.sizeBytes).slice(0, TRIES)) {
    const text = await suite.changelog(candidate).catch(unreadable);
    if (text === undefined) continue;
    for (const [id, fixed] of fixedSince(text, one.source?.version ?? one.version)) named.set(id, fixed);
    break;
  }
  const told = [...named].map(([id, fixed]): Told => ({ id, aliases: [], fixed, sources: ['debian-suites'] }));
  // What it is for may have no number yet, or be left out of the changelog: it is an update of security all the same.
  if (told.length > 0) return told;
  const id = `${suite.suite}:${one.source?.name ?? one.name}:${update.version}`;
  return [
    {
      id,
      aliases: [],
      fixed: update.version,
      summary: 'a security update; its changelog names no CVE, or could not be had',
      sources: ['debian-suites'],
    },
  ];
}

/** What cannot be fetched names nothing; that there is an update stands. */
function unreadable(error: unknown): undefined {
  if (!(error instanceof EnvironmentError)) throw error;
}

/** Packages that are fetched for the changelog of one source. */
const TRIES = 3;

/** Each CVE of the entries after `version`, with the first version that has it fixed: deb-changelog(5). */
export function fixedSince(changelog: string, version: string): ReadonlyMap<string, string> {
  const fixed = new Map<string, string>();
  for (const entry of changelog.split(/^(?=[a-z0-9][a-z0-9+.-]* \([^)\s]+\))/m)) {
    const at = /^\S+ \(([^)\s]+)\)/.exec(entry)?.[1];
    if (at === undefined || compareVersions(at, version) <= 0) continue;
    // Entries come newest first: the last one that names it is where it was fixed.
    for (const [id] of entry.matchAll(/CVE-\d{4}-\d{4,}/g)) fixed.set(id, at);
  }
  return fixed;
}

function grouped<T>(items: readonly T[], key: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups.values()];
}
