import { gunzipSync } from 'node:zlib';
import { EnvironmentError, silent } from '../../../base/index.ts';
import { openIndex, openSuite, type ArchiveJob, type Suite } from './archive.ts';
import { readDeb } from './deb.ts';
import { fetchPackages } from './download.ts';
import type { IndexedPackage, PackageIndex } from './packages.ts';
import type { DebianJob } from './resolve.ts';
import { findMirrors, type Mirror } from './sources.ts';
import { together } from './together.ts';

/** The security updates of a release. */
export interface SecurityUpdates {
  readonly suite: string;
  /** Of its Release file: ISO 8601. */
  readonly asOf: string;
  named(name: string): readonly IndexedPackage[];
  /** Whether the release has a package of that name, in whichever version. */
  knows(name: string): boolean;
  changelog(one: IndexedPackage): Promise<string | undefined>;
}

/**
 * `RELEASE-security` by this machine's apt configuration, its signature and dates checked. Throws EnvironmentError where it
 * cannot be had; where only a stored index is at hand, its date is told.
 */
export async function securityUpdates(release: string, architecture: string, job: DebianJob): Promise<SecurityUpdates> {
  const archive: ArchiveJob = { store: job.store, progress: job.progress ?? silent, nowMs: job.nowMs ?? Date.now(), signal: job.signal };
  const { main, security } = await findMirrors(job);
  const updates = indexOf(`${release}-security`, security, architecture, archive);
  const all = await together([updates, indexOf(release, main, architecture, archive)]);
  const { opened, index } = await updates;
  refuseOld(opened, archive.nowMs, security);
  return {
    suite: opened.suite,
    asOf: new Date(opened.release.dateMs).toISOString(),
    named: (name) => index.named(name),
    knows: (name) => all.some((it) => it.index.named(name).length > 0),
    changelog: (one) => changelogOf(one, opened.suite, architecture, job),
  };
}

/** A stored index that has expired may serve a build; of updates it says nothing. Throws EnvironmentError. */
function refuseOld({ suite, release, notes }: Suite, nowMs: number, mirrors: readonly Mirror[]): void {
  if (release.validUntilMs === undefined || release.validUntilMs >= nowMs || mirrors.some((mirror) => !mirror.checkValidUntil)) return;
  throw new EnvironmentError(notes[0] ?? `the index of ${suite} has expired`, 'let the mirror be reached', 'transient');
}

async function indexOf(
  suite: string,
  mirrors: readonly Mirror[],
  architecture: string,
  archive: ArchiveJob,
): Promise<{ opened: Suite; index: PackageIndex }> {
  const opened = await openSuite(suite, mirrors, archive);
  return { opened, index: await openIndex(opened, architecture, archive) };
}

/** Debian Policy 12.7: `changelog.Debian.gz`, or `changelog.gz` of packages that are Debian's own. */
async function changelogOf(one: IndexedPackage, suite: string, architecture: string, job: DebianJob): Promise<string | undefined> {
  const { name, version, sha256, filename, sizeBytes: size } = one;
  await fetchPackages([{ name, version, architecture: one.architecture, for: architecture, sha256, size, filename, suite }], job);
  const { entries } = await readDeb(await job.store.read(`sha256:${sha256}`), `${name} ${version}`);
  const paths = ['changelog.Debian.gz', 'changelog.gz'].map((file) => `usr/share/doc/${name}/${file}`);
  const found = paths.map((path) => entries.find((entry) => entry.path === path)).find((entry) => entry?.type === 'file');
  if (found?.type !== 'file' || !(found.content instanceof Uint8Array)) return undefined;
  try {
    return gunzipSync(found.content, { maxOutputLength: LARGEST_CHANGELOG }).toString('utf8');
  } catch {
    return undefined; // that there is an update is known without it
  }
}

/** linux' has 2 MB. */
const LARGEST_CHANGELOG = 64 * 1024 * 1024;
