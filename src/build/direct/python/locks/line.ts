import type { DependencySets } from '../../../../plan/index.ts';
/** A package as a lock names it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly extras?: readonly string[];
  /** PEP 508. */
  readonly marker?: string | undefined;
  /** A wheel's, where it comes from no index. */
  readonly url?: string | undefined;
  /** `sha256:…` of each file that may be installed. */
  readonly hashes: readonly string[];
}

/** Its line in a requirements file (pip, "Hash-checking mode"). */
export function requirementLine({ name, version, extras = [], marker, url, hashes }: LockedPackage): string {
  const what = `${name}${extras.length === 0 ? '' : `[${extras.join(',')}]`}${url === undefined ? `==${version}` : ` @ ${url}`}`;
  return `${what}${marker === undefined || marker === '' ? '' : ` ; ${marker}`}${hashes.map((hash) => ` \\\n    --hash=${hash}`).join('')}\n`;
}

/** A git repository at a commit, as a requirement names it. */
export const gitUrl = (repository: string, commit: string, subdirectory = ''): string =>
  `git+${repository.replace(/^git\+/, '').replace(/^git@([^:/]+):/, 'ssh://git@$1/')}@${commit}${subdirectory === '' ? '' : `#subdirectory=${subdirectory}`}`;

/** What of a lock is asked for. */
export interface LockQuery {
  readonly sets: DependencySets;
  /** Direct dependencies, for locks that do not say what each package is for. */
  readonly direct?: readonly string[];
  /** Packages of the repository, by normalised name: they are built. */
  readonly local?: ReadonlySet<string>;
}
