import { parseTOML, getStaticTOMLValue } from 'toml-eslint-parser';
import { UserError, normalizedName } from '../../../../base/index.ts';
import { isForDevelopment } from '../../../../plan/index.ts';
import { gitUrl, requirementLine, type LockQuery } from './line.ts';
import { markerFor } from './set-markers.ts';

interface Artifact {
  readonly hashes: Readonly<Record<string, string>>;
}

interface Pylock {
  readonly 'lock-version'?: string;
  readonly 'default-groups'?: readonly string[];
  readonly packages?: readonly PylockPackage[];
}

interface PylockPackage {
  readonly name: string;
  readonly version?: string;
  readonly marker?: string;
  readonly wheels?: readonly Artifact[];
  readonly sdist?: Artifact;
  readonly vcs?: { readonly type?: string; readonly url?: string; readonly 'commit-id'?: string; readonly subdirectory?: string };
  readonly directory?: { readonly path: string };
  readonly archive?: Artifact & { readonly url?: string; readonly path?: string; readonly subdirectory?: string };
}

/**
 * pylock.toml as a requirements file with hashes (PEP 751, `[[packages]]`). What holds for other groups
 * or extras alone, by its marker, is left out.
 * Throws UserError for a lock of another version and for a package that no index has.
 */
export function pylockRequirements(text: string, file: string, { sets, local = new Set() }: LockQuery): string {
  const lock = getStaticTOMLValue(parseTOML(text)) as Pylock;
  const version = lock['lock-version'] ?? '';
  // PEP 751, "lock-version": a newer minor version may be read.
  if (!/^1\.\d+$/.test(version))
    throw new UserError(`${file} is of version ${version || 'unknown'}, and 1 is what is known`, 'lock anew with a tool that writes 1.0', {
      file,
    });
  // What a tool installs unasked: PDM's `default` is the project's own dependencies.
  const usual = (lock['default-groups'] ?? []).filter((name) => !isForDevelopment(name));
  const wanted = { extras: sets.extras, groups: [...usual.map(normalizedName), ...sets.groups] };
  return (lock.packages ?? [])
    .filter(({ name, directory, vcs, archive }) => (directory ?? vcs ?? archive) === undefined || !local.has(normalizedName(name)))
    .flatMap((found) => {
      const marker = markerFor(found.marker ?? '', wanted);
      return marker === undefined ? [] : [lineOf({ ...found, marker }, file)];
    })
    .join('');
}

function lineOf({ name, version, marker = '', wheels = [], sdist, ...source }: PylockPackage, file: string): string {
  const elsewhere = source.vcs?.url ?? source.directory?.path ?? source.archive?.url ?? source.archive?.path;
  const { type, url: repository, 'commit-id': commit, subdirectory } = source.vcs ?? {};
  const git = type === 'git' && repository !== undefined && commit !== undefined ? gitUrl(repository, commit, subdirectory) : undefined;
  if (git !== undefined) return requirementLine({ name, version: '', marker, url: git, hashes: [] });
  const below = source.archive?.subdirectory;
  const url = source.archive?.url && `${source.archive.url}${below === undefined ? '' : `#subdirectory=${below}`}`;
  if ((elsewhere !== undefined || version === undefined) && url === undefined)
    throw new UserError(
      `${file}: \`${name}\` comes from ${elsewhere ?? 'somewhere'}, not from a package index`,
      'publish a wheel to an index, or name one by its URL: nothing is built',
      { file },
    );
  const hashes = [...wheels, ...(sdist ? [sdist] : []), ...(url !== undefined && source.archive ? [source.archive] : [])].flatMap((each) =>
    Object.entries(each.hashes).map(([kind, hex]) => `${kind}:${hex}`),
  );
  if (hashes.length === 0) throw new UserError(`${file} has no hashes for \`${name}\``, 'lock anew with a tool that writes them', { file });
  return requirementLine({ name, version: version ?? '', marker, url, hashes });
}
