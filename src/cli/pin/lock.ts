import { silent } from '../../base/index.ts';
import { openStore } from '../../base/node.ts';
import { formatLock, lockChanges, resolveLock, type Lock, type LockChange } from '../../build/index.ts';
import { PlatformError, type Platform } from '../../image/index.ts';
import { flagsOf, type PlanOptions } from '../options.ts';
import { LOCK_FILE, openProject, type Project } from '../project.ts';
import { saveLock } from '../save-lock.ts';
import { imageNameOf } from '../../write/index.ts';
import type { Screen } from '../ship-project.ts';

export interface LockOptions extends PlanOptions {
  readonly platform?: readonly Platform[];
  readonly update?: boolean;
}

/** What a folder's lock was, and what it should be. */
export interface ResolvedLock {
  readonly root: string;
  /** What files call the image of the service. */
  readonly image: string;
  readonly before: Lock | undefined;
  readonly after: Lock;
  readonly platforms: readonly string[];
  readonly changes: readonly LockChange[];
  readonly notes: readonly string[];
  readonly isOutOfDate: boolean;
}

/** Resolves what a build of the service in a folder takes. Throws UserError for a folder that holds none. */
export async function resolveFolder(path: string, options: LockOptions, screen: Screen): Promise<ResolvedLock> {
  const project = await openProject(path, flagsOf(options));
  const { lock, notes } = await resolved(project, options, screen);
  const changes = lockChanges(project.lock, lock);
  // With `--update` the dates of the suites move each day, which says nothing.
  const isOutOfDate = changes.length > 0 || (options.update !== true && !(project.lock && formatLock(lock) === formatLock(project.lock)));
  return {
    root: project.root,
    image: imageNameOf(project.plan),
    before: project.lock,
    after: lock,
    platforms: platformsOf(lock),
    changes,
    notes,
    isOutOfDate,
  };
}

/** Writes the lock, unless `isKept`; what happened, in lines for people. */
export async function settleLock({ root, before, after, platforms, changes, isOutOfDate }: ResolvedLock, isKept: boolean): Promise<string> {
  const state = isKept ? undefined : await saveLock(root, after);
  return [...(before ? lines(before, changes) : []), summary(before, changes, platforms, state, isOutOfDate)].join('');
}

const DEFAULT_PLATFORMS = ['amd64', 'arm64'];

/** One platform after the other: each adds its own to the lock of those before. */
async function resolved(
  project: Project,
  options: LockOptions,
  { progress, signal }: Screen,
): Promise<{ lock: Lock; notes: readonly string[] }> {
  const store = await openStore();
  try {
    const asked = options.platform?.map((each) => each.architecture);
    const architectures = asked ?? [...platformsOf(project.lock), ...DEFAULT_PLATFORMS];
    let lock = options.update === true ? project.lock && without(project.lock, architectures) : project.lock;
    const notes = new Set<string>();
    const lacking: PlatformError[] = [];
    for (const architecture of new Set(architectures)) {
      signal.throwIfAborted();
      const platform = { os: 'linux', architecture };
      const job = { platform, store, progress: progress ?? silent, createdSeconds: 0, folder: project.root, locked: false, signal };
      const answer = await resolveLock(project.plan, project.files, { ...job, ...(lock ? { lock } : {}) }).catch(
        // Nobody asked for it: a base for one platform is pinned for that one.
        unless(asked !== undefined || platformsOf(project.lock).includes(architecture), lacking),
      );
      if (!answer) continue;
      lock = answer.lock;
      for (const note of answer.notes) notes.add(note);
    }
    const [first] = lacking;
    if (first && lacking.length === new Set(architectures).size) throw first;
    if (!lock) throw new Error('no platform was resolved');
    return { lock, notes: [...notes, ...lacking.map(({ message }) => `${message}: that platform is not pinned`)] };
  } finally {
    await store.close();
  }
}

/** Keeps what says that a base is not for a platform, unless it `matters`; other errors go on. */
const unless =
  (matters: boolean, kept: PlatformError[]) =>
  (error: unknown): undefined => {
    if (matters || !(error instanceof PlatformError)) throw error;
    kept.push(error);
  };

/** What stays when the lock is moved for these architectures: that for others. */
function without({ version, debian, bases }: Lock, architectures: readonly string[]): Lock {
  const stays = (architecture: string): boolean => !architectures.includes(architecture);
  const others = bases?.filter(({ platform }) => stays(platform.slice(platform.indexOf('/') + 1)));
  return {
    version,
    ...(debian
      ? {
          debian: {
            ...debian,
            wanted: debian.wanted.filter((one) => stays(one.for)),
            packages: debian.packages.filter((one) => stays(one.for)),
          },
        }
      : {}),
    ...(others ? { bases: others } : {}),
  };
}

const platformsOf = (lock: Lock | undefined): string[] => [
  ...(lock?.debian?.wanted ?? []).map((one) => one.for),
  ...(lock?.bases ?? []).map(({ platform }) => platform.slice(platform.indexOf('/') + 1)),
];

/** A line for each change; a platform that the lock did not have is one line. */
function lines(before: Lock, changes: readonly LockChange[]): string[] {
  const known = platformsOf(before);
  const isNew = ({ before: version, on }: LockChange): boolean =>
    version === undefined && on.length > 0 && !on.some((each) => known.includes(each));
  const added = changes.filter(isNew);
  const platforms = [...new Set(added.flatMap(({ on }) => on))];
  const summed = platforms.map((platform) => `${platform}: new, with ${added.filter(({ on }) => on.includes(platform)).length} entries\n`);
  return [...changes.filter((change) => !isNew(change)).map(line), ...summed];
}

/** `debian libc6 2.41-1 → 2.41-2 (amd64, arm64)`; of a base its digests. */
function line({ kind, name, before, after, on }: LockChange): string {
  const where = on.length === 0 ? '' : ` (${on.join(', ')})`;
  return `${kind} ${name} ${before ?? 'not there'} → ${after ?? 'gone'}${where}\n`;
}

function summary(
  before: Lock | undefined,
  changes: readonly LockChange[],
  on: readonly string[],
  state: 'written' | 'changed' | 'same' | undefined,
  isOutOfDate: boolean,
): string {
  const where = `for ${on.join(' and ')}`;
  if (state === undefined) return isOutOfDate ? `${LOCK_FILE} would change\n` : `${LOCK_FILE} is up to date, ${where}\n`;
  if (state === 'same') return `${LOCK_FILE} stays as it is, ${where}\n`;
  if (before) return `${LOCK_FILE} was brought up to date, ${where}: commit it\n`;
  const count = (kind: LockChange['kind']): number => changes.filter((change) => change.kind === kind).length;
  const below = count('base') > 0 ? 'its base and' : `${count('debian')} packages of Debian and`;
  return `${LOCK_FILE} was written with ${below} ${count('python')} of Python, ${where}: commit it\n`;
}
