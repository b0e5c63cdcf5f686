import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileSeen, readText, UserError, type Files } from '../../../base/index.ts';
import { keyOf, runProcess, type Store } from '../../../base/node.ts';
import { ADDS, SOURCE_ONLY, type DependencySets, type DependencySource, type Plan } from '../../../plan/index.ts';
import type { PythonLock } from '../../types.ts';
import { launcherOf, type HostPython } from './host-python.ts';
import { declaredIndexes, type Declared } from './indexes/declared.ts';
import { refuseUnbuilt, refuseUnbuiltIn } from './indexes/unbuilt.ts';
import { refuseVariables } from './indexes/variables.ts';
import type { LockQuery } from './locks/line.ts';
import { pdmRequirements } from './locks/pdm.ts';
import { pipfileRequirements } from './locks/pipfile.ts';
import { poetryRequirements } from './locks/poetry.ts';
import { pylockRequirements } from './locks/pylock.ts';
import { needsOf, withoutLocal, withoutNamed, workspaceManifests, type LocalNeeds } from './local.ts';
import { uvError } from './uv-error.ts';
import { lastLine, uvEnvironment } from './uv.ts';

/** What the resolution runs with, made only when something must be resolved. */
export interface Tools {
  readonly uv: () => Promise<string>;
  readonly python: () => Promise<HostPython>;
}

export interface Resolved {
  /** requirements.txt with exact versions and hashes. */
  readonly requirements: string;
  /** For plimsoll.lock, when the repository's own files do not settle it. */
  readonly lock?: PythonLock;
}

/**
 * The exact dependencies of a plan. The repository's own lock is taken as it is; else plimsoll.lock while its inputs
 * are the same; else uv resolves, for all platforms at once.
 * Throws UserError when nothing satisfies the manifest, and when `locked` forbids a resolution that is needed.
 */
export async function resolvePython(
  plan: Plan,
  files: Files,
  tools: Tools,
  store: Store,
  known: PythonLock | undefined,
  isLocked: boolean,
  local: readonly LocalNeeds[] = [],
): Promise<Resolved> {
  const source = plan.recipe.dependencies;
  const own = new Set(local.map(({ name }) => name));
  // A lock of the repository has what its packages need.
  const needs = source && source.kind in ADDS ? [] : needsOf(local);
  const added = [...plan.recipe.added, ...needs];
  if (!source && added.length === 0) return { requirements: '' };
  refuseSourceOnly(added);
  refuseUnbuilt(plan, own);
  const locked = await lockOf(plan, files, tools, store, own);
  if (locked) return { requirements: refuseUnbuiltIn(withoutNamed(locked.text, own), locked.file) };
  const { sets, constraints = [] } = plan.recipe;
  const written = { ...(await manifestsOf(source, files)), ...(await textsOf(constraints, files)) };
  refuseVariables(written, process.env);
  if (source?.kind === 'requirements' && source.hashed && added.length === 0 && source.files.length === 1)
    return { requirements: withoutNamed(withoutLocal(written[source.files[0] ?? ''] ?? ''), own) };
  const manifests = local.length > 0 ? withoutPackages(written, plan, own) : written;
  const inputs = keyOf({ manifests, added, python: plan.recipe.python.version, ...(sets ? { sets } : {}) });
  if (known?.inputs === inputs) return { requirements: known.requirements, lock: known };
  if (isLocked)
    throw new UserError('plimsoll.lock does not fit the dependencies any more', 'run `plimsoll pin`, and commit plimsoll.lock', {
      file: 'plimsoll.lock',
    });
  refuseFolders(manifests);
  const declared = await declaredIndexes(source, files);
  const indexes = declared.indexes.filter((index) => !index.isKnown);
  const requirements = await compiled(plan, manifests, added, { ...declared, indexes }, tools, store);
  return { requirements, lock: { inputs, requirements } };
}

/** The repository's own lock as requirements, with all that it names but `own`; undefined where it has none. */
async function lockOf(
  plan: Plan,
  files: Files,
  tools: Tools,
  store: Store,
  own: ReadonlySet<string>,
): Promise<{ readonly text: string; readonly file: string } | undefined> {
  const source = plan.recipe.dependencies;
  if (source?.kind === 'uv.lock') return { text: await exported(source, setsOf(plan), files, tools, store), file: source.file };
  const read = source && READ_BY_US[source.kind];
  if (!read || !('file' in source)) return undefined;
  const direct = plan.service.python.requirements.map((r) => r.value.name);
  return { text: read(await readText(files, source.file), source.file, { sets: setsOf(plan), direct, local: own }), file: source.file };
}

/** What in the text of any lock may be a repository or an archive: where nothing is, no tool is asked. */
const ELSEWHERE = /\b(git|url)\s*=\s*"|\b(vcs|archive)\b|"(git|file)":/;

/** The same, for those of its lines that name git repositories and archives; without them the text is empty. */
export async function lockedLines(...about: Parameters<typeof lockOf>): ReturnType<typeof lockOf> {
  const [plan, files] = about;
  const source = plan.recipe.dependencies;
  if (source?.kind !== 'uv.lock' && !(source && source.kind in READ_BY_US && 'file' in source)) return undefined;
  const text = new TextDecoder().decode(await fileSeen(files, source.file));
  const mayHaveSome = source.kind === 'uv.lock' ? /^source = \{ (git|url) = /m.test(text) : ELSEWHERE.test(text);
  return mayHaveSome ? lockOf(...about) : { text: '', file: source.file };
}

const setsOf = ({ recipe }: Plan): DependencySets => recipe.sets ?? { extras: [], groups: [] };

/** As `uv export` and `uv pip compile` take them. */
const setOptions = ({ extras, groups }: DependencySets): string[] => [
  ...extras.flatMap((extra) => ['--extra', extra]),
  ...groups.flatMap((group) => ['--group', group]),
];

/** Locks that no tool is asked to read. */
type ReadLock = (text: string, file: string, query: LockQuery) => string;
const READ_BY_US: Readonly<Record<string, ReadLock>> = {
  'poetry.lock': poetryRequirements,
  'pdm.lock': pdmRequirements,
  'Pipfile.lock': pipfileRequirements,
  'pylock.toml': pylockRequirements,
};

/**
 * A folder that is no package of the repository, such as an absolute path: uv would run its build back end on this machine,
 * whatever `--only-binary` says.
 */
function refuseFolders(manifests: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(manifests).filter(([path]) => !path.endsWith('.toml')))
    for (const [index, line] of text.split(/\r?\n/).entries())
      if (/^\s*(?:(?:-e|--editable)\b|["']?(?:\/|~|\.{1,2}\/|file:))|@\s*["']?file:/.test(line))
        throw new UserError(
          `\`${line.trim()}\` names no package of this repository`,
          'name a folder inside it, relative to the service’s, or publish a wheel',
          { file, line: index + 1 },
        );
}

/** uv would say so after a while, and not what else serves. */
function refuseSourceOnly(added: readonly string[]): void {
  const name = added.find((each) => SOURCE_ONLY.includes(each));
  if (name === undefined) return;
  throw new UserError(
    `${name} has no wheel: there is only source, and the direct engine compiles nothing`,
    `choose \`server: gunicorn\`, name \`py${name}\` among the dependencies, which has wheels, or build the Dockerfile that \`plimsoll init\` writes`,
    { file: 'plimsoll.yaml' },
  );
}

/** Stands for setup.py: what it declares, one a line. */
const SETUPTOOLS = 'plimsoll-setuptools.in';

/** What a manifest names of the repository's packages is taken out of it: they are built, and no index has them. */
function withoutPackages(
  manifests: Readonly<Record<string, string>>,
  { service, recipe }: Plan,
  own: ReadonlySet<string>,
): Record<string, string> {
  const { dependencies } = recipe;
  const isList = dependencies?.kind === 'pyproject' || dependencies?.kind === 'script';
  if (!isList) return Object.fromEntries(Object.entries(manifests).map(([path, text]) => [path, withoutNamed(withoutLocal(text), own)]));
  const lines = service.python.requirements.filter(({ value }) => !own.has(value.name)).map(({ value }) => lineOf(value));
  return { [PYPROJECT_INPUT]: `${lines.join('\n')}\n` };
}

/** uv would follow the paths and URLs in a pyproject.toml or a script: it gets the same as a list. */
const PYPROJECT_INPUT = 'plimsoll-pyproject.in';

const lineOf = ({ name, extras, specifier, marker, url }: Plan['service']['python']['requirements'][number]['value']): string =>
  `${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}${url === undefined ? specifier : ` @ ${url}`}${marker === undefined ? '' : ` ; ${marker}`}`;

/** Path → text, of what people edit. */
async function manifestsOf(source: DependencySource | undefined, files: Files): Promise<Record<string, string>> {
  if (source?.kind === 'setuptools') return { [SETUPTOOLS]: source.requirements.map((line) => `${line}\n`).join('') };
  if (source?.kind === 'script') return { [source.file]: `${source.metadata}\n` };
  const paths =
    source === undefined
      ? []
      : source.kind === 'requirements'
        ? source.files
        : 'manifest' in source
          ? [source.manifest, source.file]
          : [source.file];
  return textsOf(paths, files);
}

const textsOf = async (paths: readonly string[], files: Files): Promise<Record<string, string>> =>
  Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readText(files, path)] as const)));

/** `at`: the place of the service's folder in what is around it, for paths that lead out. Returns the service's folder. */
async function laidOut(manifests: Readonly<Record<string, string>>, store: Store, at = ''): Promise<string> {
  const folder = join(await store.temporary(), at);
  for (const [path, text] of Object.entries(manifests)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** The file that uv resolves from. */
function inputOf(source: DependencySource, manifests: Readonly<Record<string, string>>): string {
  if (source.kind === 'requirements') return source.files[0] ?? '';
  if (source.kind === 'setuptools') return SETUPTOOLS;
  return PYPROJECT_INPUT in manifests ? PYPROJECT_INPUT : source.file;
}

async function compiled(
  plan: Plan,
  manifests: Readonly<Record<string, string>>,
  added: readonly string[],
  declared: Declared,
  tools: Tools,
  store: Store,
): Promise<string> {
  const { dependencies: source } = plan.recipe;
  const folder = await laidOut({ ...manifests, ...(added.length > 0 ? { 'plimsoll-added.in': `${added.join('\n')}\n` } : {}) }, store);
  const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
  const inputs = source === undefined ? [] : [inputOf(source, manifests)];
  const end = await runProcess({
    argv: [
      uv,
      'pip',
      'compile',
      ...inputs,
      ...(source?.kind === 'pyproject' && !(PYPROJECT_INPUT in manifests) ? setOptions(setsOf(plan)) : []),
      ...(added.length > 0 ? ['plimsoll-added.in'] : []),
      ...(plan.recipe.constraints ?? []).flatMap((file) => ['--constraint', file]),
      '--universal',
      '--generate-hashes',
      '--only-binary',
      ':all:',
      '--python',
      await launcherOf(python, await store.temporary()),
      '--python-version',
      python.version,
      '--no-header',
      '--no-annotate',
      '--quiet',
      '-o',
      'plimsoll-resolved.txt',
    ],
    cwd: folder,
    env: uvEnvironment(declared),
    timeoutMs: 600_000,
  });
  if (end.code !== 0)
    throw uvError(end, { done: 'resolved', target: `Python ${python.version}`, asked: plan.service.python.requirements, file: inputs[0] });
  return readFile(join(folder, 'plimsoll-resolved.txt'), 'utf8');
}

/** uv.lock as requirements, by uv itself: the same for the same texts, so it is asked once. */
async function exported(
  source: DependencySource & { kind: 'uv.lock' },
  sets: DependencySets,
  files: Files,
  tools: Tools,
  store: Store,
): Promise<string> {
  const manifests = { ...(await manifestsOf(source, files)), ...(await workspaceManifests(source.file, files)) };
  const at = files.around?.at;
  const key = keyOf({ version: 1, manifests, at, file: source.file, manifest: source.manifest, sets });
  const text = await store.once('exports', key, async () => {
    const folder = join(await laidOut(manifests, store, at), dirname(source.manifest));
    return { value: await exportedIn(folder, source.file, sets, tools, store), blobs: [] };
  });
  return withoutLocal(text);
}

async function exportedIn(folder: string, lock: string, sets: DependencySets, tools: Tools, store: Store): Promise<string> {
  const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
  const end = await runProcess({
    argv: [
      uv,
      'export',
      '--frozen',
      '--no-default-groups',
      ...setOptions(sets),
      '--no-emit-project',
      '--format',
      'requirements-txt',
      '--no-header',
      '--no-annotate',
      '--quiet',
      '--python',
      await launcherOf(python, await store.temporary()),
    ],
    cwd: folder,
    env: uvEnvironment(),
    timeoutMs: 120_000,
  });
  if (end.code !== 0) throw new UserError(`uv cannot read ${lock}: ${lastLine(end)}`, 'run `uv lock`', { file: lock });
  return end.stdout;
}
