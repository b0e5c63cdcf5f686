import { basename, join, relative, resolve } from 'node:path';
import { byPath, EnvironmentError, UserError } from '../../base/index.ts';
import { diskFiles } from '../../base/node.ts';
import { planned, readRepository, SKIPPED, type Project, type ProjectOptions, type Repository } from '../project.ts';

/** What is below a folder, by its place there; `.` is the folder itself. */
export interface Found {
  readonly services: readonly FoundService[];
  /** Folders with a manifest that start nothing, with the reason. */
  readonly passedOver: readonly { readonly path: string; readonly why: string }[];
}

/** A service that was planned, or why it could not be. */
export type FoundService = { readonly path: string } & ({ readonly project: Project } | { readonly error: unknown });

/** By any of these a folder may be a service. */
const MANIFESTS = new Set([
  'pyproject.toml',
  'requirements.txt',
  'Pipfile',
  'Pipfile.lock',
  'pylock.toml',
  'setup.py',
  'setup.cfg',
  'Procfile',
]);
const CONFIG = 'plimsoll.yaml';
const TESTS = /(^|\/)(tests?|testing)(\/|$)/;

interface Candidate {
  readonly path: string;
  /** plimsoll.yaml lies there: somebody means it as a service. */
  readonly isNamed: boolean;
  readonly read: { readonly repository: Repository } | { readonly error: unknown };
}

/**
 * Every service below a folder: folders with plimsoll.yaml, and those with a manifest in which something starts. What
 * another service installs as a package is none, and neither is a folder whose application is that of one inside.
 */
export async function findServices(root: string, flags: ProjectOptions): Promise<Found> {
  const folders = await candidateFolders(root);
  const candidates: Candidate[] = [];
  for (const { path, isNamed } of folders) candidates.push({ path, isNamed, read: await readOf(join(root, path)) });
  const needed = neededBy(candidates, root);
  const services: FoundService[] = [];
  const passedOver: { path: string; why: string }[] = [];
  for (const each of candidates) {
    const why = each.isNamed ? undefined : reasonToPass(each, candidates, needed);
    const path = each.path === '' ? '.' : each.path;
    if (why === undefined) services.push({ path, ...(await projectOf(each, flags)) });
    else passedOver.push({ path, why });
  }
  return { services, passedOver };
}

async function candidateFolders(root: string): Promise<{ path: string; isNamed: boolean }[]> {
  const folders = new Map<string, boolean>();
  for (const { path, type } of await (await diskFiles(root, SKIPPED)).list()) {
    const name = basename(path);
    if (type === 'directory' || !(MANIFESTS.has(name) || name === CONFIG)) continue;
    const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
    if (TESTS.test(folder) || folder.split('/').some((part) => part.startsWith('.'))) continue;
    folders.set(folder, (folders.get(folder) ?? false) || name === CONFIG);
  }
  return [...folders].map(([path, isNamed]) => ({ path, isNamed })).toSorted(byPath);
}

const readOf = (folder: string): Promise<Candidate['read']> =>
  readRepository(folder).then(
    (repository) => ({ repository }),
    (error: unknown) => ({ error }),
  );

/** Folder → who installs it as a package. */
function neededBy(candidates: readonly Candidate[], root: string): ReadonlyMap<string, readonly string[]> {
  const needed = new Map<string, string[]>();
  for (const { path, read } of candidates)
    if ('repository' in read)
      for (const { value } of read.repository.service.python.local ?? []) {
        const folder = relative(resolve(root), join(read.repository.root, value.folder));
        if (value.folder !== '') needed.set(folder, [...(needed.get(folder) ?? []), path === '' ? '.' : path]);
      }
  return needed;
}

function reasonToPass(
  { path, read }: Candidate,
  all: readonly Candidate[],
  needed: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const users = needed.get(path);
  if (users) return `a package of ${users.join(', ')}`;
  if ('error' in read) return undefined;
  const { service, config } = read.repository;
  const file = service.application?.value.file;
  if (file === undefined)
    return service.start || config.command || service.applications.length > 0
      ? undefined
      : 'nothing in it starts: a library, or a workspace';
  const at = path === '' ? file : `${path}/${file}`;
  const inner = all.find((other) => other.path.length > path.length && at.startsWith(`${other.path}/`));
  return inner && `what it starts is ${inner.path}`;
}

async function projectOf({ read }: Candidate, flags: ProjectOptions): Promise<{ project: Project } | { error: unknown }> {
  if ('error' in read) return read;
  try {
    return { project: await planned(read.repository, flags) };
  } catch (error) {
    if (error instanceof UserError || error instanceof EnvironmentError) return { error };
    throw error;
  }
}
