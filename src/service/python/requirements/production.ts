import { certain, inferred, likely, UserError, type Fact } from '../../../base/index.ts';
import { baseName, folderOf, joinPath, type Repository } from '../../repository.ts';
import type { Install } from '../installs/command.ts';
import { isForDevelopment } from '../installs/find.ts';

/** What production installs, as public repositories name it; best first. */
const ENTRIES = [
  'requirements.txt',
  'requirements/prod.txt',
  'requirements/production.txt',
  'requirements-prod.txt',
  'requirements.prod.txt',
  'requirements-production.txt',
  'requirements/requirements.txt',
  'requirements/main.txt',
  'requirements/base.txt',
  'requirements/common.txt',
  'requirements-base.txt',
  'requirements.lock',
  'requirements.in',
  'requirements/prod.in',
  'requirements/base.in',
];
/** Where a repository keeps them when its service lies in a sub-folder. */
const SUB_FOLDERS = ['src', 'app', 'backend', 'server', 'api', 'service'];

/**
 * The requirements file of production: plimsoll.yaml's, else the one that an installing command names, else the best name. Throws UserError when plimsoll.yaml names none that is there.
 */
export async function productionFile(
  repository: Repository,
  asked: string | undefined,
  installs: readonly Fact<Install>[],
): Promise<Fact<string> | undefined> {
  if (asked !== undefined) {
    if (!repository.has(asked))
      throw new UserError(`\`${asked}\` is not there`, 'name a requirements file, relative to the folder', { file: 'plimsoll.yaml' });
    return certain(asked, { from: 'config', name: 'dependencies.file' });
  }
  const usual = byName(repository);
  for (const install of installs) {
    const named = install.value.files.flatMap((file) => placeOf(file, repository) ?? []).find((path) => !isAside(path));
    if (named !== undefined) return named === usual?.value ? usual : { ...install, value: named };
  }
  return usual;
}

function byName(repository: Repository): Fact<string> | undefined {
  const candidates = ['', ...SUB_FOLDERS].flatMap((folder) => ENTRIES.map((e) => (folder === '' ? e : `${folder}/${e}`)));
  const path = candidates.find((each) => repository.has(each));
  if (path === undefined) return undefined;
  const found = baseName(path) === 'requirements.txt' ? certain : likely;
  return found(path, inferred('requirements/name', `\`${path}\` is what production installs, by its name`));
}

/** The constraints that the first installing command with any is given; what is not there is not taken. */
export function constraintFiles(repository: Repository, installs: readonly Fact<Install>[]): Fact<readonly string[]> | undefined {
  for (const install of installs) {
    const value = install.value.constraints.flatMap((file) => placeOf(file, repository) ?? []);
    if (value.length > 0) return { ...install, value };
  }
  return undefined;
}

/** `/tmp/requirements.txt` in a Dockerfile is a copy of the repository's. */
function placeOf(written: string, repository: Repository): string | undefined {
  const relative = joinPath('', written.replace(/^\/+/, ''));
  const candidates = [relative, relative && `${baseName(folderOf(relative))}/${baseName(relative)}`, baseName(written)];
  return candidates.find((path) => path !== undefined && /\.(txt|in|lock)$/.test(path) && repository.has(path));
}

/** `requirements-dev.txt`, `dev-requirements.txt`, `requirements/test.txt`. */
const isAside = (path: string): boolean => isForDevelopment(baseName(path).replace(/\.(txt|in|lock)$/, ''));
