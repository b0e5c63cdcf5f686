import { certain, type Fact } from '../../base/index.ts';
import type { Companion, EnvironmentRead, ImportRead, LibraryLoad, PortRead, Problem, Requirement, Route, StaticFiles } from '../types.ts';
import { companions, environment, forks, imports, libraries, port, programs, sigterm, staticFiles, writes } from './behaviour/index.ts';
import { commandPort } from './command.ts';
import { baseName } from '../repository.ts';
import { GUNICORN_CONFIG, isAside } from './files.ts';
import type { Candidate } from './frameworks/candidate.ts';
import * as routeReaders from './routes/index.ts';
import type { RouteReader } from './routes/route.ts';
import type { Running } from './running.ts';
import type { Module } from './source/module.ts';
import { phasesOf } from './source/phases.ts';
import { programAt, type Program, type Sources } from './source/program.ts';
import { reachableFrom } from './source/reachable.ts';

/** What the source does when it runs. */
export interface Behaviour {
  readonly environment: readonly EnvironmentRead[];
  readonly routes: readonly Route[];
  readonly writes: readonly Fact<string>[];
  readonly imports: readonly ImportRead[];
  readonly programs: readonly Fact<string>[];
  readonly libraries: readonly Fact<LibraryLoad>[];
  readonly forks?: Fact<true>;
  readonly sigterm?: Fact<true>;
  readonly port?: Fact<PortRead>;
  readonly staticFiles?: Fact<StaticFiles>;
  readonly problems: readonly Problem[];
  /** Those of the source, and those that other files name. */
  companions(named: readonly Fact<Companion>[]): readonly Fact<Companion>[];
  /** The port of a declared start command; the default of its variable comes from the source. */
  declaredPort(start: Fact<readonly string[]> | undefined): Fact<PortRead> | undefined;
}

const routesOf: readonly RouteReader[] = Object.values(routeReaders);

/** Reads the modules that the chosen application reaches; all own modules when none is chosen. */
export function readBehaviour(sources: Sources, candidate: Candidate | undefined, requirements: readonly Fact<Requirement>[]): Behaviour {
  const program = programAt(sources, candidate?.root ?? '');
  const modules = [...runningModules(program, candidate), ...serverSettings(sources, candidate, requirements)];
  const application = candidate?.application;
  const running: Running = {
    program,
    modules,
    ...(candidate ? { application: candidate.application, framework: candidate.framework } : {}),
    phases: phasesOf(modules, program, application),
    requirements,
  };
  const variables = environment.read(running);
  const child = forks.read(running);
  const ends = sigterm.read(running);
  const listens = port.read(running);
  const collected = staticFiles.read(running);
  const speaksTo = companions.read({ ...running, environment: variables });
  return {
    environment: variables,
    routes: routesOf.flatMap((r) => r.read(running)).toSorted(byPath),
    writes: writes.read(running),
    imports: imports.read(running),
    programs: programs.read(running),
    libraries: libraries.read(running),
    ...(child ? { forks: child } : {}),
    ...(ends ? { sigterm: ends } : {}),
    ...(listens ? { port: listens } : {}),
    ...(collected ? { staticFiles: collected } : {}),
    problems: modules.flatMap(syntaxProblem),
    companions: (named) => [...speaksTo, ...named.filter((n) => !speaksTo.some((s) => s.value.kind === n.value.kind))],
    declaredPort: (start) => declaredPort(start, listens),
  };
}

const byPath = (a: Route, b: Route): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : a.method > b.method ? 1 : 0;

function runningModules(program: Program, candidate: Candidate | undefined): readonly Module[] {
  const { sources } = program;
  const own = (): readonly Module[] => sources.paths.filter((p) => !isAside(p) && p !== GUNICORN_CONFIG).map((p) => sources.module(p));
  if (!candidate) return own();
  const reached = reachableFrom(sources.module(candidate.application.file), program);
  // Django imports what its settings name, not what the application's module imports.
  const others = new Set(['manage', 'wsgi', 'asgi'].map((name) => `${name}.py`));
  return candidate.framework === 'django' ? [...new Set([...reached, ...own().filter((m) => !others.has(baseName(m.path)))])] : reached;
}

/** gunicorn runs its settings file as Python before it loads the application. */
function serverSettings(sources: Sources, candidate: Candidate | undefined, requirements: readonly Fact<Requirement>[]): readonly Module[] {
  const served = candidate?.application.kind === 'wsgi' || candidate?.application.kind === 'asgi';
  return served && sources.has(GUNICORN_CONFIG) && requirements.some((r) => r.value.name === 'gunicorn')
    ? [sources.module(GUNICORN_CONFIG)]
    : [];
}

function syntaxProblem(module: Module): readonly Problem[] {
  if (module.error === undefined) return [];
  const line = module.file.lines()[module.file.position(module.error).line - 1]?.text.trim() ?? '';
  return [
    {
      at: module.file.place(module.error),
      what: `Python syntax error${line === '' ? '' : ` near \`${line.slice(0, 60)}\``}`,
      hint: `\`python -m py_compile ${module.path}\` says more`,
      fatal: true,
    },
  ];
}

function declaredPort(start: Fact<readonly string[]> | undefined, source: Fact<PortRead> | undefined): Fact<PortRead> | undefined {
  const found = start ? commandPort(start.value) : undefined;
  if (!start || !found) return undefined;
  // `$PORT` alone names no number: what the source says of it, else what Heroku's own local runner takes.
  const fallback = source && source.value.variable === found.variable ? source.value.port : undefined;
  const number = found.port ?? fallback;
  return number === undefined
    ? undefined
    : certain({ port: number, ...(found.variable === undefined ? {} : { variable: found.variable }) }, ...start.because);
}
