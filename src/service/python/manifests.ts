import type { Fact } from '../../base/index.ts';
import type { Repository } from '../repository.ts';
import type { DependencySource, Problem, Requirement } from '../types.ts';
import * as readers from './manifests/index.ts';
import type { ManifestFacts, ManifestReader } from './manifests/manifest.ts';

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
}

/** All manifests together. */
export async function readManifests(repository: Repository): Promise<Manifests> {
  const found = await Promise.all(all.map((r) => r.read(repository)));
  const first = <Key extends keyof ManifestFacts>(key: Key): Pick<ManifestFacts, Key> | object => {
    const holder = found.find((f) => f[key] !== undefined);
    return holder ? { [key]: holder[key] } : {};
  };
  const installed = strongest(found);
  return {
    ...first('name'),
    ...first('version'),
    ...first('description'),
    ...first('requires'),
    ...first('interpreter'),
    ...(installed?.dependencies ? { dependencies: installed.dependencies } : {}),
    requirements: installed?.requirements ?? [],
    problems: found.flatMap((f) => f.problems ?? []),
  };
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
  'script',
];

function strongest(found: readonly ManifestFacts[]): ManifestFacts | undefined {
  const holders = found.filter((f) => f.dependencies);
  return STRENGTH.map((kind) => holders.find((f) => f.dependencies?.value.kind === kind)).find(Boolean);
}
