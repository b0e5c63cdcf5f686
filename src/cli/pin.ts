import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { errorCode, UserError } from '../base/index.ts';
import { openStore } from '../base/node.ts';
import { formatLock } from '../build/index.ts';
import { encodeText } from '../dockerfile/index.ts';
import { unifiedDiff } from '../report/index.ts';
import { EXIT } from './exit.ts';
import { registryJob } from './image-at.ts';
import { examples, planOptions, platformOption } from './options.ts';
import { filesBelow, isFolder, namedFile, type Found } from './pin/find.ts';
import { pinFiles, type PinnedFile } from './pin/images.ts';
import { imageLines, isOpen, notesOn } from './pin/lines.ts';
import { resolveFolder, settleLock, type LockOptions, type ResolvedLock } from './pin/lock.ts';
import { LOCK_FILE } from './project.ts';
import { exitWith, interruptible } from './run-command.ts';
import type { Screen } from './ship-project.ts';
import { progressOn } from './terminal.ts';

interface Options extends LockOptions {
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly only?: 'lock' | 'images';
}

export function define(command: Command): void {
  const path = 'a folder: its lock, and the files in it; or a Dockerfile, compose file or manifest of Kubernetes';
  platformOption(
    planOptions(command, undefined, path).argument('[more...]', 'further files'),
    'those of the lock, and of linux/amd64 and linux/arm64 those that the base is for',
  )
    .option('--update', 'take the newest of everything, not what is locked or pinned')
    .option('--check', `change nothing; exit 1 when ${LOCK_FILE} would change, or an image has no digest or not its tag’s`)
    .option('--dry-run', 'change nothing; print a diff')
    .addOption(new Option('--only <what>', `of a folder: ${LOCK_FILE} alone, or the images in its files alone`).choices(['lock', 'images']))
    .addHelpText(
      'after',
      examples(
        'plimsoll pin                    lock what a build takes, and write digests into the files here',
        'plimsoll pin Dockerfile k8s/deploy.yaml --dry-run',
        'plimsoll pin compose.yaml --update   move digests to what their tags are now, and say which moved',
        'plimsoll pin --update --check   is anything newer there? for a job that runs at night',
        'plimsoll pin --only lock        plimsoll.lock alone, as `ship --locked` takes it',
      ),
    )
    .action(async (first: string, more: readonly string[], options: Options) => {
      if (options.check === true && options.dryRun === true)
        throw new UserError('`--check` and `--dry-run` both change nothing', 'ask for one of the two');
      const { progress, stop } = progressOn(process.stderr);
      const isStill = options.check === true || options.dryRun === true;
      const done = await interruptible((signal) => pin([first, ...more], options, isStill, { progress, stop, signal })).finally(stop);
      for (const note of done.notes) process.stderr.write(`note: ${note}\n`);
      process.stdout.write(
        options.json === true ? `${JSON.stringify(documentOf(done, isStill), null, 2)}\n` : await printed(done, options),
      );
      const isOutOfDate = done.lock?.isOutOfDate === true || done.files.some(({ outcomes }) => outcomes.some(isOpen));
      exitWith(options.check === true && isOutOfDate ? EXIT.unfit : EXIT.fine);
    });
}

interface Done {
  readonly lock: ResolvedLock | undefined;
  /** What happened to the lock, in lines. */
  readonly settled: string;
  readonly files: readonly PinnedFile[];
  readonly notes: readonly string[];
}

/** The lock is written before registries are asked for the rest: what was resolved is not lost when they do not answer. */
async function pin(paths: readonly string[], options: Options, isStill: boolean, screen: Screen): Promise<Done> {
  const found = await findFiles(paths, options);
  const { lock, notes } = await lockOf(paths, options, found.files.length > 0, screen);
  const settled = lock === undefined ? '' : await settleLock(lock, isStill);
  const files = await pinned(found, lock, options, screen).catch((error: unknown) => {
    process.stderr.write(settled);
    throw error;
  });
  if (!isStill) for (const file of files) await save(file);
  return { lock, settled, files, notes: [...(lock?.notes ?? []), ...notes, ...found.notes, ...notesOn(files)] };
}

async function findFiles(paths: readonly string[], { only }: Options): Promise<Found> {
  const all = await Promise.all(
    [...new Set(paths)].map(async (path): Promise<Found> => {
      if (!(await isFolder(path))) return { files: [await namedFile(path)], notes: [] };
      return only === 'lock' ? { files: [], notes: [] } : filesBelow(path);
    }),
  );
  // A file that is named, and in a folder that is named, is one.
  const files = new Map(all.flatMap((each) => each.files).map((file) => [join(file.path), file]));
  return { files: [...files.values()], notes: all.flatMap(({ notes }) => notes) };
}

/** The lock of the folder that is named. One without a service has none where its files name images, and nobody locked it before. */
async function lockOf(
  paths: readonly string[],
  options: Options,
  hasImages: boolean,
  screen: Screen,
): Promise<{ lock: ResolvedLock | undefined; notes: readonly string[] }> {
  const none = { lock: undefined, notes: [] };
  const folders: string[] = [];
  for (const path of paths) if (await isFolder(path)) folders.push(path);
  const [folder, another] = folders;
  if (folder === undefined || options.only === 'images') return none;
  if (another !== undefined) throw new UserError('one folder has one lock', 'name one folder, or pass `--only images`');
  const isOurs = await Promise.any([LOCK_FILE, 'plimsoll.yaml'].map((name) => readFile(join(folder, name)))).then(
    () => true,
    () => false,
  );
  return resolveFolder(folder, options, screen).then(
    (lock) => ({ lock, notes: [] }),
    (error: unknown) => {
      if (!(error instanceof UserError) || isOurs || !hasImages || options.only === 'lock') throw error;
      return { lock: undefined, notes: [`no ${LOCK_FILE}: ${error.message}`] };
    },
  );
}

async function save({ path, before, after }: PinnedFile): Promise<void> {
  if (after === before) return;
  await writeFile(path, encodeText(after)).catch((error: unknown) => {
    throw new UserError(`\`${path}\` cannot be written: ${errorCode(error) ?? 'unknown'}`, 'look at its permissions');
  });
}

async function pinned(
  { files }: Found,
  lock: ResolvedLock | undefined,
  options: Options,
  { progress, signal }: Screen,
): Promise<readonly PinnedFile[]> {
  if (files.length === 0) return [];
  const store = await openStore();
  try {
    const job = registryJob(store, { progress: progress ?? (() => {}), signal });
    const moves = options.update === true || options.check === true;
    return await pinFiles(files, { moves, own: lock ? [lock.image] : [] }, job);
  } finally {
    await store.close();
  }
}

async function printed({ lock, settled, files }: Done, { check, dryRun }: Options): Promise<string> {
  const images = files.length > 0 ? imageLines(files, check === true) : '';
  const nothing = lock === undefined && files.length === 0 ? 'nothing to pin: no Dockerfile, compose file or manifest is here\n' : '';
  if (dryRun !== true) return settled + images + nothing;
  const diffs = files.map(({ path, before, after }) => unifiedDiff(path, before, after));
  return [lock ? await lockDiff(lock) : '', ...diffs].join('') || settled + images + nothing;
}

async function lockDiff({ root, after }: ResolvedLock): Promise<string> {
  const before = await readFile(join(root, LOCK_FILE), 'utf8').catch(() => '');
  return unifiedDiff(LOCK_FILE, before, formatLock(after));
}

const documentOf = ({ lock, files, notes }: Done, isStill: boolean): unknown => ({
  schema: 'plimsoll/pin/1',
  ...(lock ? { file: LOCK_FILE, platforms: lock.platforms, changes: lock.changes } : {}),
  images: files.flatMap(({ outcomes }) => outcomes),
  written: !isStill,
  notes,
});
