import { certain, guess, inferred, inFile, noMemo, UserError, type Evidence, type Fact, type Files, type Memo } from '../base/index.ts';
import { openRepository, type Repository } from './repository.ts';
import { findCandidates } from './python/applications.ts';
import { readBehaviour } from './python/behaviour.ts';
import { chooseApplication } from './python/choose.ts';
import { applicationFiles } from './python/files.ts';
import { readLocals, type Locals } from './python/local/index.ts';
import { asksForItself } from './python/local/itself.ts';
import { consoleCandidates } from './python/local/console.ts';
import { packageFiles } from './python/local/sources.ts';
import { readManifests, type AskedDependencies, type Manifests } from './python/manifests.ts';
import type { Syntax } from './python/source/module.ts';
import { sourcesOf, type Sources } from './python/source/program.ts';
import { readShared } from './shared.ts';
import type { Problem, PythonFacts, Service } from './types.ts';

export interface ReadOptions {
  /** Base name of the repository's folder: the service's name when nothing better is written. */
  readonly folderName: string;
  /** `module:object`, `module:factory`, `file.py` or `-m module`. */
  readonly entry?: string;
  /** Which dependencies are wanted, as plimsoll.yaml says it. */
  readonly dependencies?: AskedDependencies | undefined;
  /** Spares the parsing of what an earlier run has parsed. */
  readonly memo?: Memo;
}

/**
 * Reads a repository into facts; nothing in it is executed. What cannot be read becomes a problem in the result.
 * Throws UserError when the folder is empty or holds no Python, or when `entry` names nothing that is there.
 */
export async function readService(files: Files, options: ReadOptions): Promise<Service> {
  const memo = options.memo ?? noMemo;
  const repository = await openRepository(files, options.folderName, memo);
  const [read, shared, written] = await Promise.all([
    readManifests(repository, options.dependencies ?? {}),
    readShared(repository),
    readSources(repository, memo),
  ]);
  const locals = await readLocals(read.dependencies, read.sets?.value ?? { extras: [], groups: [] }, repository);
  const manifests = withLocals(read, locals);
  const sources = await withPackages(written, files, locals, memo);
  const ecosystem = ecosystemOf(repository, sources, manifests);
  const candidates = [...findCandidates(sources), ...consoleCandidates(locals.scripts, sources)].toSorted((a, b) => b.weight - a.weight);
  const chosen = chooseApplication(candidates, sources, shared, options.entry);
  const start = shared.start ?? chosen.start;
  const behaviour = readBehaviour(sources, chosen.candidate, manifests.requirements);
  const port = behaviour.declaredPort(start) ?? behaviour.port ?? shared.port;
  const version = manifests.version;
  return {
    ecosystem,
    name:
      manifests.name ??
      guess(labelOf(options.folderName), inferred('service/folder-name', `the folder is called \`${options.folderName}\``)),
    ...(version ? { version } : {}),
    ...(manifests.description ? { description: manifests.description } : {}),
    ...(manifests.licence ? { licence: manifests.licence } : {}),
    ...(manifests.source ? { source: manifests.source } : {}),
    python: pythonFacts(manifests, locals, sources),
    ...(chosen.framework ? { framework: chosen.framework } : {}),
    ...(chosen.application ? { application: chosen.application } : {}),
    applications: chosen.applications,
    ...(start ? { start } : {}),
    ...(port ? { port } : {}),
    environment: behaviour.environment,
    routes: behaviour.routes,
    writes: behaviour.writes,
    companions: behaviour.companions(shared.companions),
    ...(behaviour.forks ? { forks: behaviour.forks } : {}),
    ...(behaviour.sigterm ? { sigterm: behaviour.sigterm } : {}),
    ...(behaviour.staticFiles ? { staticFiles: behaviour.staticFiles } : {}),
    ...(shared.translations ? { translations: shared.translations } : {}),
    imports: behaviour.imports,
    ...(behaviour.programs.length > 0 ? { programs: behaviour.programs } : {}),
    ...(behaviour.libraries.length > 0 ? { libraries: behaviour.libraries } : {}),
    problems: sorted([...repository.problems, ...manifests.problems, ...locals.problems, ...shared.problems, ...behaviour.problems]),
    ...(shared.examples.length > 0 ? { examples: shared.examples } : {}),
    ...(shared.beside ? { beside: shared.beside } : {}),
  };
}

/** Reads and parses every file that may be the service's own. */
async function readSources(repository: Repository, memo: Memo): Promise<Read> {
  const files = await Promise.all(
    applicationFiles(repository).map(async (path) => {
      const text = (await repository.text(path))?.text;
      return text === undefined ? [] : [await parsed(path, text, memo)];
    }),
  );
  return new Map(files.flat());
}

type Read = ReadonlyMap<string, { readonly text: string; readonly syntax: Syntax }>;

const parsed = async (path: string, text: string, memo: Memo) => [path, { text, syntax: await syntaxOf(text, memo) }] as const;

/** The service's own files with those of the repository's packages that it may import. */
async function withPackages(own: Read, files: Files, { local }: Locals, memo: Memo): Promise<Sources> {
  if (local.length === 0) return sourcesOf(own);
  const packages = await packageFiles(local.map(({ value }) => value.folder).filter(Boolean), files);
  const outside = await Promise.all(packages.texts.map(({ path, text }) => parsed(path, text, memo)));
  return sourcesOf(new Map([...own, ...outside]), packages.roots);
}

/** What packages of the repository need is needed too. */
function withLocals(manifests: Manifests, { requirements }: Locals): Manifests {
  const known = new Set(manifests.requirements.map(({ value }) => value.name));
  return { ...manifests, requirements: [...manifests.requirements, ...requirements.filter(({ value }) => !known.has(value.name))] };
}

async function syntaxOf(text: string, memo: Memo): Promise<Syntax> {
  const known = memo.recall<Syntax>('python', text);
  if (known) return known;
  const { parseSource } = await import('./python/source/parse.ts'); // the grammar is loaded only where there is something to parse
  const made = parseSource(text);
  memo.remember('python', text, made);
  return made;
}

function ecosystemOf(repository: Repository, sources: Sources, manifests: Manifests): Fact<'python'> {
  if (repository.paths.length === 0)
    throw new UserError('the folder is empty', 'run this in the folder that holds the service, or name it: `plimsoll ship PATH`');
  const [first] = sources.paths.toSorted((a, b) => a.split('/').length - b.split('/').length);
  const because: Evidence | undefined =
    manifests.dependencies?.because[0] ?? manifests.name?.because[0] ?? (first === undefined ? undefined : firstLine(first, sources));
  if (!because)
    throw new UserError(
      'no Python service here: there is no .py file outside of tests',
      'run this in the folder that holds the service, or name it: `plimsoll ship PATH`',
    );
  return certain('python', because);
}

function firstLine(path: string, sources: Sources): Evidence {
  const text = sources.text(path).split(/\r?\n/, 1)[0] ?? '';
  return inFile(path, { start: { line: 1, column: 1 }, end: { line: 1, column: text.length + 1 } }, text);
}

function pythonFacts(manifests: Manifests, { local, project }: Locals, sources: Sources): PythonFacts {
  const asks = project !== undefined && asksForItself(project.value.name, sources);
  return {
    ...(manifests.requires ? { requires: manifests.requires } : {}),
    ...(manifests.interpreter ? { version: manifests.interpreter } : {}),
    ...(manifests.dependencies ? { dependencies: manifests.dependencies } : {}),
    ...(manifests.sets ? { sets: manifests.sets } : {}),
    ...(manifests.constraints ? { constraints: manifests.constraints } : {}),
    ...(manifests.offered ? { offered: manifests.offered } : {}),
    requirements: manifests.requirements,
    ...(local.length > 0 ? { local } : {}),
    ...(project ? { project: asks ? { ...project, value: { ...project.value, asksForItself: true } } : project } : {}),
  };
}

/** A DNS label: RFC 1123, section 2.1; at most 63 characters. */
export function labelOf(name: string): string {
  const label = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return label === '' ? 'service' : label;
}

function sorted(problems: readonly Problem[]): readonly Problem[] {
  const distinct = new Map(problems.map((p) => [JSON.stringify(p), p]));
  return [...distinct.values()].toSorted((a, b) =>
    a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : (a.at.line ?? 0) - (b.at.line ?? 0),
  );
}
