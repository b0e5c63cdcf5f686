import { certain, type Fact } from '../../base/index.ts';
import type { Repository } from '../repository.ts';
import type { DependencySets, DependencySource, OfferedSets, Problem, Requirement } from '../types.ts';
import { trimmed } from '../text.ts';
import type { Install } from './installs/command.ts';
import { installsOf } from './installs/find.ts';
import * as readers from './manifests/index.ts';
import type { ManifestFacts, ManifestReader } from './manifests/manifest.ts';
import { declaredBy } from './setuptools/read.ts';
import { withoutLogins } from './requirements/logins.ts';
import { constraintFiles, productionFile } from './requirements/production.ts';
import { chooseSets, offeredSets, type AskedSets } from './sets.ts';

/** Which manifest decides when several say the same thing; earlier is stronger. */
const ORDER = [
  'pyproject',
  'poetry',
  'requirements',
  'uv-lock',
  'poetry-lock',
  'pdm-lock',
  'pylock',
  'pipfile',
  'setuptools',
  'script-metadata',
  'python-version',
  'tool-versions',
  'runtime-txt',
  'tool-settings',
  'unread',
];
const rankOf = (r: ManifestReader): number => ORDER.indexOf(r.id.slice('python/manifests/'.length));
const all: readonly ManifestReader[] = Object.values<ManifestReader>(readers).toSorted((a, b) => rankOf(a) - rankOf(b));

export interface Manifests extends Omit<ManifestFacts, 'requirements' | 'problems'> {
  readonly requirements: readonly Fact<Requirement>[];
  readonly problems: readonly Problem[];
  readonly sets?: Fact<DependencySets>;
  readonly constraints?: Fact<readonly string[]>;
  readonly offered?: OfferedSets;
}

/** What plimsoll.yaml says of the dependencies. */
export interface AskedDependencies extends AskedSets {
  readonly file?: string | undefined;
}

/** All manifests together. */
export async function readManifests(repository: Repository, asked: AskedDependencies): Promise<Manifests> {
  const [commands, declared, offered] = await Promise.all([installsOf(repository), readFrom(repository), offeredSets(repository)]);
  const installs = [...commands, ...declared];
  const { sets, problems } = await chooseSets(repository, asked, installs, offered);
  const constraints = constraintFiles(repository, installs);
  const requirementsFile = await productionFile(repository, asked.file, installs);
  const input = { ...repository, sets: sets?.value ?? { extras: [], groups: [] }, ...(requirementsFile ? { requirementsFile } : {}) };
  const found = await Promise.all(all.map((r) => r.read(input)));
  const first = <Key extends keyof ManifestFacts>(key: Key): Pick<ManifestFacts, Key> | object => {
    const holder = found.find((f) => f[key] !== undefined);
    return holder ? { [key]: holder[key] } : {};
  };
  const installed = strongest(found);
  const { kept, problems: logins } = withoutLogins(installed?.requirements ?? []);
  return {
    ...first('name'),
    ...first('version'),
    ...first('description'),
    ...first('licence'),
    ...first('source'),
    ...first('requires'),
    ...first('interpreter'),
    ...(installed?.dependencies ? { dependencies: installed.dependencies } : {}),
    requirements: kept,
    problems: [...found.flatMap((f) => f.problems ?? []), ...problems, ...logins],
    ...(sets ? { sets } : {}),
    ...(constraints ? { constraints } : {}),
    ...(offered.extras.length + offered.groups.length > 0 ? { offered } : {}),
  };
}

/** Requirements files that setup.py or setup.cfg takes its own from. */
async function readFrom(repository: Repository): Promise<readonly Fact<Install>[]> {
  const found = await declaredBy(repository);
  return found.flatMap(({ file, from }) => {
    const span = file.lines().find((line) => from?.some((name) => line.text.includes(name)));
    return from && span ? [certain({ extras: [], groups: [], files: from, constraints: [] }, file.at(trimmed(file.text, span)))] : [];
  });
}

/** A lock is exact; requirements are what people install by; a manifest alone leaves versions open. */
const STRENGTH: readonly DependencySource['kind'][] = [
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'pylock.toml',
  'Pipfile.lock',
  'requirements',
  'pyproject',
  'setuptools',
  'script',
];

function strongest(found: readonly ManifestFacts[]): ManifestFacts | undefined {
  const holders = found.filter((f) => f.dependencies);
  return STRENGTH.map((kind) => holders.find((f) => f.dependencies?.value.kind === kind)).find(Boolean);
}
