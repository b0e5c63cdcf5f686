import { satisfies } from '@renovatebot/pep440';
import { inFile, type Because, type Evidence } from '../../base/index.ts';
import type { ImportRead, Requirement, Service } from '../../service/index.ts';
import { SYSTEM_NEEDS, UNSERVED, type SystemNeed } from './distributions.ts';
import { packageOfFound, packageOfLibrary, packageOfProgram, type SystemPackageId } from './packages.ts';

/** Packages of the system that the service asks for, with who asks. */
export interface Need {
  readonly id: SystemPackageId;
  /** `python-magic loads libmagic by ctypes when it is imported`, `the source calls \`git\``. */
  readonly why: string;
  readonly because: Because;
}

export interface Needs {
  readonly needs: readonly Need[];
  /** `ctypes.util.find_library` is asked, so ldconfig must be there and know the libraries. */
  readonly finds: boolean;
  /** What may be missing and is not added, each with its reason. */
  readonly notes: readonly string[];
}

/** What a service needs of the system: by the distributions that it imports, the programs it calls, the libraries it loads. */
export function systemNeeds(service: Service): Needs {
  const asked = SYSTEM_NEEDS.flatMap((row) => askedBy(row, service) ?? []);
  const called = (service.programs ?? []).map(({ value, because }) => ({ id: packageOfProgram(value), value, because }));
  const loaded = (service.libraries ?? []).map(({ value, because }) => ({
    id: value.finds ? packageOfFound(value.name) : packageOfLibrary(value.name),
    value,
    because,
  }));
  return {
    needs: distinct([
      ...asked.flatMap(({ row, because }) => row.needs.map((id) => ({ id, why: `${row.distribution} ${row.why}`, because }))),
      ...called.flatMap(({ id, value, because }) => (id ? [{ id, why: `the source calls \`${value}\``, because }] : [])),
      ...loaded.flatMap(({ id, value, because }) => (id ? [{ id, why: `the source loads \`${value.name}\``, because }] : [])),
    ]),
    finds: asked.some(({ row }) => row.finds) || loaded.some(({ value }) => value.finds),
    notes: [
      ...called.flatMap(({ id, value }) => (id ? [] : [`no package is known for the program \`${value}\``])),
      ...loaded.flatMap(({ id, value }) =>
        id || isOfEveryBase(value.name) ? [] : [`no package is known for the library \`${value.name}\``],
      ),
      ...unimported(service),
      ...Object.entries(UNSERVED).flatMap(([module, says]) => (importOf([module], service) ? [`${module}: ${says}`] : [])),
    ],
  };
}

/** The C library and what comes with every Python: by soname, or as `find_library` is asked. */
const isOfEveryBase = (name: string): boolean =>
  /^(lib)?(c|m|dl|rt|pthread|util|z|ssl|crypto|sqlite3|ffi|lzma|bz2|expat)(\.so.*)?$/.test(name);

/** An import of the distribution in the service, where the service has that distribution and nothing else brings the same. */
function askedBy(row: SystemNeed, service: Service): { readonly row: SystemNeed; readonly because: Because } | undefined {
  const site = importOf(row.modules, service);
  const requirement = requirementOf(row, service);
  if (isBrought(row, service)) return undefined;
  if (requirement) {
    if (!isVersion(row, requirement.value)) return undefined;
    const [asks] = requirement.because;
    return site ? { row, because: [evidenceOf(site), asks] } : row.driver ? { row, because: [asks] } : undefined;
  }
  // Another requirement may bring it along: then an import that must not fail says enough.
  return site?.unguarded && row.versions === undefined && !isBroughtByOther(row, service)
    ? { row, because: [evidenceOf(site)] }
    : undefined;
}

const importOf = (modules: readonly string[], { imports }: Service): ImportRead | undefined =>
  imports.find(({ dotted }) => modules.some((module) => dotted === module || dotted.startsWith(`${module}.`)));

const evidenceOf = ({ file, range, dotted }: ImportRead): Evidence => inFile(file, range, dotted);

const requirementOf = (row: SystemNeed, { python }: Service) => python.requirements.find(({ value }) => value.name === row.distribution);

/** `magic` of another row's distribution. */
const isBroughtByOther = (row: SystemNeed, service: Service): boolean =>
  SYSTEM_NEEDS.some((other) => other !== row && other.modules.some((m) => row.modules.includes(m)) && requirementOf(other, service));

/** By another distribution, or by an extra of its own. */
const isBrought = ({ distribution, unless = [] }: SystemNeed, { python }: Service): boolean =>
  python.requirements.some(
    ({ value }) => unless.includes(value.name) || (value.name === distribution && value.extras.some((extra) => unless.includes(extra))),
  );

/** Where no version is told the newest is installed, and rows with versions are of old ones. */
function isVersion({ versions }: SystemNeed, { locked, specifier }: Requirement): boolean {
  if (versions === undefined) return true;
  const version = locked ?? /^={2,3}\s*([^,*]+)$/.exec(specifier)?.[1];
  return version !== undefined && satisfies(version.trim(), versions, { prereleases: true });
}

/** Requirements of the table that nothing in the source imports. */
const unimported = (service: Service): string[] =>
  SYSTEM_NEEDS.filter((row) => {
    const requirement = requirementOf(row, service);
    return (
      requirement &&
      !row.driver &&
      row.distribution !== 'django' &&
      !importOf(row.modules, service) &&
      isVersion(row, requirement.value) &&
      !isBrought(row, service)
    );
  }).map((row) => `${row.distribution} ${row.why}, but nothing in the source imports it`);

/** One for each package, with all that ask for it. */
function distinct(needs: readonly Need[]): Need[] {
  const found = new Map<SystemPackageId, Need>();
  for (const need of needs) {
    const known = found.get(need.id);
    found.set(need.id, known ? { ...known, because: [...known.because, ...need.because] } : need);
  }
  return [...found.values()];
}
