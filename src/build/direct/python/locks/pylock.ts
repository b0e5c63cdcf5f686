import { parseTOML, getStaticTOMLValue } from 'toml-eslint-parser';
import { UserError } from '../../../../base/index.ts';
import { normalise, requirementLine } from './line.ts';

interface Artifact {
  readonly hashes: Readonly<Record<string, string>>;
}

interface PylockPackage {
  readonly name: string;
  readonly version?: string;
  readonly marker?: string;
  readonly wheels?: readonly Artifact[];
  readonly sdist?: Artifact;
  readonly vcs?: { readonly url?: string };
  readonly directory?: { readonly path: string };
  readonly archive?: { readonly url?: string; readonly path?: string };
}

/**
 * pylock.toml as a requirements file with hashes (PEP 751, `[[packages]]`). What holds for groups or extras alone, by
 * its marker, is left out: none of them is asked for.
 * Throws UserError for a lock of another version and for a package that no index has.
 */
export function pylockRequirements(text: string, file: string, _: readonly string[] = [], local: ReadonlySet<string> = new Set()): string {
  const lock = getStaticTOMLValue(parseTOML(text)) as { readonly 'lock-version'?: string; readonly packages?: readonly PylockPackage[] };
  const version = lock['lock-version'] ?? '';
  // PEP 751, "lock-version": a newer minor version may be read.
  if (!/^1\.\d+$/.test(version))
    throw new UserError(`${file} is of version ${version || 'unknown'}, and 1 is what is known`, 'lock anew with a tool that writes 1.0', {
      file,
    });
  return (lock.packages ?? [])
    .filter(({ marker }) => !/\b(?:extras|dependency_groups)\b/.test(marker ?? ''))
    .filter(({ name, directory }) => directory === undefined || !local.has(normalise(name)))
    .map((found) => lineOf(found, file))
    .join('');
}

function lineOf({ name, version, marker, wheels = [], sdist, ...source }: PylockPackage, file: string): string {
  const elsewhere = source.vcs?.url ?? source.directory?.path ?? source.archive?.url ?? source.archive?.path;
  if (elsewhere !== undefined || version === undefined)
    throw new UserError(
      `${file}: \`${name}\` comes from ${elsewhere ?? 'somewhere'}, not from a package index`,
      'publish it to an index; git, path and URL dependencies are not installed yet',
      { file },
    );
  const hashes = [...wheels, ...(sdist ? [sdist] : [])].flatMap((each) =>
    Object.entries(each.hashes).map(([kind, hex]) => `${kind}:${hex}`),
  );
  if (hashes.length === 0) throw new UserError(`${file} has no hashes for \`${name}\``, 'lock anew with a tool that writes them', { file });
  return requirementLine({ name, version, marker, hashes });
}
