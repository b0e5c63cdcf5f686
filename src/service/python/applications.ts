import { certain, likely, type Fact } from '../../base/index.ts';
import type { Application, Framework } from '../types.ts';
import { baseName } from '../repository.ts';
import { isAside } from './files.ts';
import type { ApplicationReader, Candidate } from './frameworks/candidate.ts';
import * as readers from './frameworks/index.ts';
import { makesApplication } from './frameworks/objects.ts';
import { programAt, rootOf, type Sources } from './source/program.ts';
import { reachableFrom } from './source/reachable.ts';
import { callsOf } from './source/walk.ts';

const all: readonly ApplicationReader[] = Object.values(readers);

/** Code beside the service's own weighs less than any of its own. */
const ASIDE_WEIGHT = -60;

/** Everything that could be started, best first. Files that mention no framework are not parsed. */
export function findCandidates(sources: Sources): readonly Candidate[] {
  const first = sources.paths.flatMap((path) =>
    readAt(
      path,
      all.filter((r) => mentioned(r, path, sources)),
      sources,
    ),
  );
  const own = withoutMounted([...first, ...madeElsewhere(first, sources)], sources);
  return distinct(own).toSorted((a, b) => b.weight - a.weight || (a.application.file < b.application.file ? -1 : 1));
}

/** `.py` files say which framework they use by its name; `__main__.py` says by its own that it is run. */
function mentioned(r: ApplicationReader, path: string, sources: Sources): boolean {
  const text = sources.text(path);
  return r.mentions.some((word) => text.includes(word) || baseName(path) === `${word}.py`);
}

function readAt(path: string, asked: readonly ApplicationReader[], sources: Sources): readonly Candidate[] {
  if (asked.length === 0) return [];
  const located = { module: sources.module(path), program: programAt(sources, rootOf(path, sources)) };
  return asked.flatMap((r) => r.read(located)).map((c) => (isAside(path) ? { ...c, weight: c.weight + ASIDE_WEIGHT } : c));
}

/** wsgi.py with `app = create_app()` names no framework: files that name a factory are read for the factory's. */
function madeElsewhere(candidates: readonly Candidate[], sources: Sources): readonly Candidate[] {
  const factories = candidates.filter((c) => 'factory' in c.application && c.application.factory);
  return sources.paths.flatMap((path) => {
    const text = sources.text(path);
    const named = factories.filter((c) => 'object' in c.application && text.includes(`${c.application.object}(`));
    const asked = all.filter((r) => named.some((c) => r.id.endsWith(`/${c.framework}`)) && !mentioned(r, path, sources));
    return readAt(path, asked, sources);
  });
}

/** An application that another one mounts is a part of that one. */
function withoutMounted(candidates: readonly Candidate[], sources: Sources): readonly Candidate[] {
  const mounted = new Set<string>();
  for (const { application, root } of candidates) {
    const module = sources.module(application.file);
    const program = programAt(sources, root);
    for (const { call } of callsOf(module)) {
      if (call.callee.kind !== 'attribute' || call.callee.name !== 'mount') continue;
      for (const arg of call.args) mounted.add(program.qualify(arg.value, module) ?? '');
    }
  }
  return candidates.filter(({ application: a }) => !('object' in a) || !mounted.has(`${a.module}.${a.object}`));
}

/** aiohttp's module is a script too: the first that names a thing keeps it. */
function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Map<string, Candidate>();
  for (const c of candidates) {
    const key = JSON.stringify(c.application);
    const known = seen.get(key);
    if (!known || known.weight < c.weight) seen.set(key, c);
  }
  return [...seen.values()];
}

/**
 * The one that is better than all others; of equal ones in different files the one that imports the others. Undefined when
 * several are equally good, or all are beside the service.
 */
export function bestOf(candidates: readonly Candidate[], sources: Sources): Candidate | undefined {
  const [first] = candidates;
  if (!first || first.weight <= 0) return undefined;
  const equal = candidates.filter((c) => c.weight === first.weight);
  if (equal.length === 1) return first;
  const importing = equal.filter((c) => {
    const reached = new Set(reachableFrom(sources.module(c.application.file), programAt(sources, c.root)).map((m) => m.path));
    return equal.every((other) => other === c || (other.application.file !== c.application.file && reached.has(other.application.file)));
  });
  return importing.length === 1 ? importing[0] : undefined;
}

/** A program that makes an application of a framework and serves it itself is of that framework: the first that it reaches. */
export function withFrameworkServed(c: Candidate, sources: Sources): Candidate {
  if (c.framework !== 'script') return c;
  const program = programAt(sources, c.root);
  for (const module of reachableFrom(sources.module(c.application.file), program))
    for (const { call } of callsOf(module)) {
      const shown = all.find((r) => r.shownBy && makesApplication(call, module, program, r.shownBy))?.shownBy;
      if (shown) return { ...c, framework: shown.framework, frameworkAt: module.file.at(call) };
    }
  return c;
}

/** An application as a fact: written in the source for frameworks, a convention for scripts. */
export function applicationFact(c: Candidate): Fact<Application> {
  return c.framework === 'script' ? likely(c.application, c.at) : certain(c.application, c.at);
}

export const frameworkFact = (c: Candidate): Fact<Framework> =>
  c.framework === 'script' ? likely(c.framework, c.at) : certain(c.framework, c.frameworkAt ?? c.at);
