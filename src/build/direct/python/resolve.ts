import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readText, UserError, type Files } from '../../../base/index.ts';
import { keyOf, runProcess, type Store } from '../../../base/node.ts';
import { ADDS, SOURCE_ONLY, type DependencySource, type Plan } from '../../../plan/index.ts';
import type { PythonLock } from '../../types.ts';
import { launcherOf, type HostPython } from './host-python.ts';
import { pdmRequirements } from './locks/pdm.ts';
import { pipfileRequirements } from './locks/pipfile.ts';
import { poetryRequirements } from './locks/poetry.ts';
import { pylockRequirements } from './locks/pylock.ts';
import { nameIn, withoutLocal, workspaceManifests, type LocalNeeds } from './local.ts';
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
  locked: boolean,
  local: readonly LocalNeeds[] = [],
): Promise<Resolved> {
  const source = plan.recipe.dependencies;
  const own = new Set(local.map(({ name }) => name));
  // A lock of the repository has what its packages need.
  const needs = source && source.kind in ADDS ? [] : local.flatMap(({ requires }) => requires).filter((line) => !own.has(nameIn(line)));
  const added = [...plan.recipe.added, ...needs];
  if (!source && added.length === 0) return { requirements: '' };
  refuseSourceOnly(added);
  const read = source && READ_BY_US[source.kind];
  if (read && 'file' in source) {
    const direct = plan.service.python.requirements.map((r) => r.value.name);
    return { requirements: read(await readText(files, source.file), source.file, direct, own) };
  }
  if (source?.kind === 'uv.lock') return { requirements: await exported(source, files, tools, store) };
  if (source?.kind === 'requirements' && source.hashed && added.length === 0 && source.files.length === 1)
    return { requirements: withoutLocal(await readText(files, source.files[0] ?? '')) };

  const manifests = local.length > 0 ? withoutPackages(await manifestsOf(source, files), plan, own) : await manifestsOf(source, files);
  const inputs = keyOf({ manifests, added, python: plan.recipe.python.version });
  if (known?.inputs === inputs) return { requirements: known.requirements, lock: known };
  if (locked)
    throw new UserError('plimsoll.lock does not fit the dependencies any more', 'run `plimsoll pin`, and commit plimsoll.lock', {
      file: 'plimsoll.lock',
    });
  const requirements = await compiled(plan, manifests, added, tools, store);
  return { requirements, lock: { inputs, requirements } };
}

/** Locks that no tool is asked to read. */
const READ_BY_US: Readonly<Record<string, (text: string, file: string, direct: readonly string[], local: ReadonlySet<string>) => string>> =
  {
    'poetry.lock': poetryRequirements,
    'pdm.lock': pdmRequirements,
    'Pipfile.lock': pipfileRequirements,
    'pylock.toml': pylockRequirements,
  };

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

/** What a manifest names of the repository's packages is taken out of it: they are built, and no index has them. */
function withoutPackages(
  manifests: Readonly<Record<string, string>>,
  { service, recipe }: Plan,
  own: ReadonlySet<string>,
): Record<string, string> {
  if (recipe.dependencies?.kind !== 'pyproject')
    return Object.fromEntries(Object.entries(manifests).map(([path, text]) => [path, withoutLocal(text)]));
  const lines = service.python.requirements.filter(({ value }) => !own.has(value.name)).map(({ value }) => lineOf(value));
  return { [PYPROJECT_INPUT]: `${lines.join('\n')}\n` };
}

/** uv would follow the paths in a pyproject.toml: it gets the same as a list. */
const PYPROJECT_INPUT = 'plimsoll-pyproject.in';

const lineOf = ({ name, extras, specifier, marker }: Plan['service']['python']['requirements'][number]['value']): string =>
  `${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}${specifier}${marker === undefined ? '' : ` ; ${marker}`}`;

/** Path → text, of what people edit. */
async function manifestsOf(source: DependencySource | undefined, files: Files): Promise<Record<string, string>> {
  if (source?.kind === 'script') return { [source.file]: `${source.metadata}\n` };
  const paths =
    source === undefined
      ? []
      : source.kind === 'requirements'
        ? source.files
        : 'manifest' in source
          ? [source.manifest, source.file]
          : [source.file];
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readText(files, path)] as const)));
}

/** `at`: the place of the service's folder in what is around it, for paths that lead out. Returns the service's folder. */
async function laidOut(manifests: Readonly<Record<string, string>>, store: Store, at = ''): Promise<string> {
  const folder = join(await store.temporary(), at);
  for (const [path, text] of Object.entries(manifests)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function compiled(
  plan: Plan,
  manifests: Readonly<Record<string, string>>,
  added: readonly string[],
  tools: Tools,
  store: Store,
): Promise<string> {
  const { dependencies: source } = plan.recipe;
  const folder = await laidOut({ ...manifests, ...(added.length > 0 ? { 'plimsoll-added.in': `${added.join('\n')}\n` } : {}) }, store);
  const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
  const file = source?.kind === 'pyproject' && PYPROJECT_INPUT in manifests ? PYPROJECT_INPUT : undefined;
  const inputs = source === undefined ? [] : source.kind === 'requirements' ? [source.files[0] ?? ''] : [file ?? source.file];
  const end = await runProcess({
    argv: [
      uv,
      'pip',
      'compile',
      ...inputs,
      ...(added.length > 0 ? ['plimsoll-added.in'] : []),
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
    env: uvEnvironment(),
    timeoutMs: 600_000,
  });
  if (end.code !== 0)
    throw uvError(end, { done: 'resolved', target: `Python ${python.version}`, asked: plan.service.python.requirements, file: inputs[0] });
  return readFile(join(folder, 'plimsoll-resolved.txt'), 'utf8');
}

async function exported(source: DependencySource & { kind: 'uv.lock' }, files: Files, tools: Tools, store: Store): Promise<string> {
  const manifests = { ...(await manifestsOf(source, files)), ...(await workspaceManifests(source.file, files)) };
  const folder = await laidOut(manifests, store, files.around?.at);
  const [python, uv] = await Promise.all([tools.python(), tools.uv()]);
  const end = await runProcess({
    argv: [
      uv,
      'export',
      '--frozen',
      '--no-dev',
      '--no-emit-project',
      '--format',
      'requirements-txt',
      '--no-header',
      '--no-annotate',
      '--quiet',
      '--python',
      await launcherOf(python, await store.temporary()),
    ],
    cwd: join(folder, dirname(source.manifest)),
    env: uvEnvironment(),
    timeoutMs: 120_000,
  });
  if (end.code !== 0) throw new UserError(`uv cannot read ${source.file}: ${lastLine(end)}`, 'run `uv lock`', { file: source.file });
  return withoutLocal(end.stdout);
}
