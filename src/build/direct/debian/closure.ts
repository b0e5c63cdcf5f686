import { compareVersions, EnvironmentError, UserError } from '../../../base/index.ts';
import type { IndexedPackage, PackageIndex } from './packages.ts';
import { formatDependency, meets, parseRelations, type Dependency, type Relation } from './relation.ts';
import { unneeded } from './unneeded.ts';

/** A package and the suite whose index has it. */
export interface Candidate extends IndexedPackage {
  readonly suite: string;
}

export interface SuiteIndex {
  readonly suite: string;
  readonly index: PackageIndex;
}

/**
 * `roots` and all they depend on, sorted by name. Of each package the highest version in any of the suites is taken, as
 * apt does with equal priorities; among alternatives, one already taken, else the first that can be had; among providers
 * the first by name. The same indexes and roots give the same packages, in whatever order they are named.
 * Throws UserError when a root is unknown, EnvironmentError when a dependency cannot be met.
 */
export function closureOf(roots: readonly string[], suites: readonly SuiteIndex[]): Candidate[] {
  const taken = new Map<string, Candidate>();
  const newest = newestOf(suites);
  const queue: Candidate[] = [];
  const take = (candidate: Candidate): void => {
    taken.set(candidate.name, candidate);
    queue.push(candidate);
  };
  for (const name of [...new Set(roots)].toSorted()) take(rootNamed(name, newest, suites));
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const dependency of parseRelations(next.depends)) {
      if (isMet(dependency, taken)) continue;
      const found = firstThatCan(dependency, newest, suites);
      if (!found) throw unmet(next, dependency);
      take(found);
    }
  }
  return [...taken.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

type Newest = (name: string) => Candidate | undefined;

function newestOf(suites: readonly SuiteIndex[]): Newest {
  const known = new Map<string, Candidate | undefined>();
  return (name) => {
    if (!known.has(name))
      known.set(name, highest(suites.flatMap(({ suite, index }) => index.named(name).map((found) => ({ ...found, suite })))));
    return known.get(name);
  };
}

/** The highest version; of equal ones the first, so that the main suite is preferred. */
const highest = (candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.reduce<Candidate | undefined>(
    (best, one) => (best && compareVersions(best.version, one.version) >= 0 ? best : one),
    undefined,
  );

function rootNamed(name: string, newest: Newest, suites: readonly SuiteIndex[]): Candidate {
  const found = newest(name);
  if (found) return found;
  throw new UserError(`Debian ${suites[0]?.suite} has no package \`${name}\``, 'check the name in `packages`, or choose another base');
}

function isMet(dependency: Dependency, taken: ReadonlyMap<string, Candidate>): boolean {
  return dependency.some((relation) => unneeded.has(relation.name) || [...taken.values()].some((one) => provides(one, relation)));
}

/** As itself, or through its Provides. */
function provides(candidate: Candidate, relation: Relation): boolean {
  if (candidate.name === relation.name) return meets(candidate.version, relation);
  if (!candidate.provides.includes(relation.name)) return false;
  return parseRelations(candidate.provides).some((provided) =>
    provided.some((p) => p.name === relation.name && meets(p.constraint?.version, relation)),
  );
}

function firstThatCan(dependency: Dependency, newest: Newest, suites: readonly SuiteIndex[]): Candidate | undefined {
  for (const relation of dependency) {
    const real = newest(relation.name);
    if (real && provides(real, relation)) return real;
    const names = new Set(suites.flatMap(({ index }) => index.providing(relation.name).map((found) => found.name)));
    const provider = [...names]
      .toSorted()
      .map(newest)
      .find((candidate) => candidate !== undefined && provides(candidate, relation));
    if (provider) return provider;
  }
  return undefined;
}

function unmet(of: Candidate, dependency: Dependency): EnvironmentError {
  return new EnvironmentError(
    `${of.name} ${of.version} needs ${formatDependency(dependency)}, which none of the suites has`,
    'the mirror may be in the middle of an update: try again later, or use another mirror',
    'transient',
  );
}
