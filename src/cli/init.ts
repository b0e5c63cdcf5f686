import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { errorCode, UserError } from '../base/index.ts';
import { unifiedDiff } from '../report/index.ts';
import { DOCKERIGNORE, writeFiles, type WrittenFile } from '../write/index.ts';
import { EXIT } from './exit.ts';
import { examples, flagsOf, planOptions, type PlanOptions } from './options.ts';
import { openProject } from './project.ts';
import { exitWith } from './run-command.ts';

interface Options extends PlanOptions {
  readonly dryRun?: boolean;
  readonly check?: boolean;
}

export function define(command: Command): void {
  planOptions(command)
    .option('--dry-run', 'show what would change, as a diff, and write nothing')
    .option('--check', 'write nothing; exit 1 when a file is not as it would be written')
    .addHelpText(
      'after',
      examples(
        'plimsoll init                 a Dockerfile and a .dockerignore for this folder',
        'plimsoll init --dry-run       what they would say',
        'plimsoll init --check         in CI: are they up to date',
      ),
    )
    .action(async (path: string, options: Options) => {
      exitWith(await run(path, options));
    });
}

/** What a file is beside what it would be. */
type State = 'missing' | 'same' | 'other';

interface Found extends WrittenFile {
  readonly state: State;
  /** What is there now. */
  readonly before: string;
}

async function run(path: string, options: Options): Promise<number> {
  const { root, plan } = await openProject(path, flagsOf(options));
  const ownIgnore = await textOf(join(root, DOCKERIGNORE));
  const files = await Promise.all(writeFiles(plan, ownIgnore).map((file) => found(root, file)));
  const changing = files.filter(({ state }) => state !== 'same');
  if (options.dryRun !== true && options.check !== true) await writeAll(root, changing);
  if (options.json === true) process.stdout.write(`${JSON.stringify(jsonOf(files), null, 2)}\n`);
  else if (options.dryRun === true) for (const file of changing) process.stdout.write(unifiedDiff(file.path, file.before, file.text));
  else process.stderr.write(options.check === true ? checked(changing) : summary(path, files));
  return options.check === true && changing.length > 0 ? EXIT.unfit : EXIT.fine;
}

async function writeAll(root: string, files: readonly Found[]): Promise<void> {
  refuseToOverwrite(files);
  for (const { path, text } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const checked = (changing: readonly Found[]): string =>
  changing.length === 0
    ? 'all files are up to date\n'
    : changing
        .map(({ path, state }) => `${path}: ${state === 'missing' ? 'is not there' : 'is out of date'}: run \`plimsoll init\`\n`)
        .join('');

const summary = (path: string, files: readonly Found[]): string =>
  [
    ...files.map((file) => `${file.path}: ${SAYS[file.state]}`),
    `next: docker build ${path}   or   plimsoll lint ${join(path, 'Dockerfile')}`,
    '',
  ].join('\n');

const SAYS: Readonly<Record<State, string>> = { missing: 'written', same: 'up to date', other: 'patterns added below yours' };

/** .dockerignore keeps every line that is there; a Dockerfile of somebody else's is left alone. */
function refuseToOverwrite(files: readonly Found[]): void {
  const other = files.find(({ path, state }) => state === 'other' && path !== DOCKERIGNORE);
  if (other === undefined) return;
  throw new UserError(
    `${other.path} is there, and differs from what would be written`,
    '`plimsoll init --dry-run` shows the difference; move the file away to have it written anew',
    { file: other.path },
  );
}

async function found(root: string, file: WrittenFile): Promise<Found> {
  const before = await textOf(join(root, file.path));
  return {
    ...file,
    before: before ?? '',
    state: before === undefined ? 'missing' : before === file.text || file.keepOwn === true ? 'same' : 'other',
  };
}

/** Undefined where there is no such file. Throws UserError for one that cannot be read. */
async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new UserError(`${path} cannot be read (${errorCode(error) ?? 'unknown'})`, 'look at its permissions');
  });
}

const jsonOf = (files: readonly Found[]): unknown => ({
  schema: 'plimsoll/init/1',
  files: files.map(({ path, state, text }) => ({ path, state, text })),
});
