import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { errorCode, UserError, type Files, type Memo, normalizedName } from '../base/index.ts';
import { diskFiles, hexOf, openMemo, sha256, storeRoot, type MemoFile } from '../base/node.ts';
import type { Lock } from '../build/index.ts';
import type { Config } from '../config/index.ts';
import { makePlan, type Flags, type Host, type Plan } from '../plan/index.ts';
import { aroundOf } from './around.ts';
import { lockDisagreements, readService, workspaceMembers, type Problem, type Service } from '../service/index.ts';

/** A repository that was read. */
export interface Repository {
  /** Absolute. */
  readonly root: string;
  readonly files: Files;
  readonly service: Service;
  readonly config: Config;
  readonly lock?: Lock;
}

/** A repository with its Plan. */
export interface Project extends Omit<Repository, 'service'> {
  readonly plan: Plan;
}

export interface ProjectOptions extends Flags {
  readonly entry?: string | undefined;
  /** At the root of a uv workspace: the member that is meant. */
  readonly package?: string | undefined;
}

export const LOCK_FILE = 'plimsoll.lock';

/** Never entered: neither facts nor files of an image come from them, and they may be huge. */
export const SKIPPED: ReadonlySet<string> = new Set([
  '.git',
  '.plimsoll',
  '.venv',
  'venv',
  'node_modules',
  '__pycache__',
  '.tox',
  '.nox',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
]);

/** Reads a repository and plans it. Throws UserError for what cannot be read or decided. */
export async function openProject(path: string, options: ProjectOptions): Promise<Project> {
  const repository = await readRepository(path, options.entry, options.package);
  await refuseMembers(repository.service, repository.files);
  return planned(repository, options);
}

/** Plans what was read, for this machine. Throws UserError for what cannot be decided. */
export async function planned({ service, ...repository }: Repository, options: Flags): Promise<Project> {
  const host = await hostFor(options.base ?? repository.config.base);
  return { ...repository, plan: makePlan(service, repository.config, options, host) };
}

/** What is asked of this machine, where nobody named a base. */
async function hostFor(base: string | undefined): Promise<Host> {
  if (base !== undefined) return {};
  const { lackOfDebian } = await import('../build/index.ts');
  return { noDebian: await lackOfDebian() };
}

/**
 * Reads a repository. Throws UserError for what cannot be read. `named`: the application, as `--entry` takes it;
 * `member`: a package of the workspace there.
 */
export async function readRepository(path: string, named?: string, member?: string): Promise<Repository> {
  const { root, config, memo } = await opened(resolve(path), member);
  const lock = await lockOf(root);
  const files = await diskFiles(root, SKIPPED, await aroundOf(root, config.context));
  const entry = named ?? config.entry;
  const service = await readService(files, {
    folderName: basename(root),
    memo,
    dependencies: config.dependencies,
    ...(entry === undefined ? {} : { entry }),
  });
  refuseFatal(service.problems);
  await refuseStaleLock(files, memo);
  await memo.save();
  return { root, files, service, config, ...(lock ? { lock } : {}) };
}

/** At the root of a workspace a member's application would be built without what the member needs. */
async function refuseMembers({ application, start }: Service, files: Files): Promise<void> {
  const file = application?.value.file;
  if (file === undefined || start || !file.includes('/')) return;
  const member = (await workspaceMembers(files)).find(({ folder }) => folder !== '' && file.startsWith(`${folder}/`));
  if (!member) return;
  throw new UserError(
    `what starts here (${file}) is the member \`${member.name}\` of this workspace`,
    `name it: \`--package ${member.name}\`; or ship every service with \`plimsoll ship --all\``,
  );
}

/** The folder that is meant, with what plimsoll.yaml says there; one at the root of a workspace may name a member. */
async function opened(root: string, member: string | undefined): Promise<{ root: string; config: Config; memo: MemoFile }> {
  const memo = await memoOf(root);
  const config = await configOf(root, memo);
  const chosen = member ?? config.package;
  return chosen === undefined ? { root, config, memo } : openedMember(await memberFolder(root, chosen));
}

async function openedMember(root: string): Promise<{ root: string; config: Config; memo: MemoFile }> {
  const memo = await memoOf(root);
  return { root, config: await configOf(root, memo), memo };
}

/** Where a member of the workspace lies. Throws UserError for a name that is none. */
async function memberFolder(folder: string, name: string): Promise<string> {
  const members = await workspaceMembers(await diskFiles(folder, SKIPPED));
  const found = members.find((member) => member.name === normalizedName(name));
  if (found) return join(folder, found.folder);
  throw new UserError(
    `there is no member \`${name}\` here`,
    members.length === 0 ? 'name the root of a uv workspace, where uv.lock is' : `members: ${members.map((m) => m.name).join(', ')}`,
  );
}

/** What makes a plan worthless: a manifest that cannot be read, a file that is named and not there. */
function refuseFatal(problems: readonly Problem[]): void {
  const fatal = problems.find((problem) => problem.fatal);
  if (fatal) throw new UserError(fatal.what, fatal.hint ?? 'mend it, or leave it out', fatal.at);
}

/** A lock that does not answer the manifest would build something else than people read there. */
async function refuseStaleLock(files: Files, memo: Memo): Promise<void> {
  const [first] = await lockDisagreements(files, memo);
  if (!first) return;
  const at = first.manifest.from === 'file' ? { file: first.manifest.file, ...first.manifest.range.start } : undefined;
  throw new UserError(first.what, first.hint, at);
}

/** What was parsed here before. The entry of the bundle names all of its code, by the hashes in the names of its chunks. */
async function memoOf(root: string): Promise<MemoFile> {
  const program = await readFile(new URL('plimsoll.js', import.meta.url), 'utf8').catch(() => undefined);
  const maker = sha256(program ?? String(Math.random()));
  return openMemo(join(storeRoot(), 'records', 'memo', `${hexOf(sha256(root))}.json`), maker);
}

async function configOf(root: string, memo: Memo): Promise<Config> {
  for (const other of ['plimsoll.yml', 'plimsoll.json', 'plimsoll.toml'])
    if (await exists(join(root, other))) throw new UserError(`\`${other}\` is not read`, 'name it plimsoll.yaml', { file: other });
  const text = await optional(join(root, 'plimsoll.yaml'));
  if (text === undefined) return {};
  const known = memo.recall<Config>('config', text);
  if (known) return known;
  const { readConfig } = await import('../config/index.ts'); // zod and yaml are loaded only where there is something to read
  const config = readConfig(text);
  memo.remember('config', text, config);
  return config;
}

async function lockOf(root: string): Promise<Lock | undefined> {
  const text = await optional(join(root, LOCK_FILE));
  if (text === undefined) return undefined;
  const { parseLock } = await import('../build/index.ts');
  return parseLock(text);
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function optional(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new UserError(`${path} cannot be read (${errorCode(error) ?? 'unknown'})`, 'check its permissions');
  });
}
