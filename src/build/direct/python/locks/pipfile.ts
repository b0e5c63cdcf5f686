import { UserError, normalizedName } from '../../../../base/index.ts';
import { gitUrl, requirementLine, type LockQuery } from './line.ts';

interface PipfilePackage {
  readonly version?: string;
  readonly extras?: readonly string[];
  readonly markers?: string;
  readonly hashes?: readonly string[];
  readonly git?: string;
  readonly ref?: string;
  readonly subdirectory?: string;
  readonly file?: string;
  readonly path?: string;
}

/**
 * Pipfile.lock as a requirements file with hashes: the default packages and the chosen categories, as
 * `pipenv requirements --hash --categories` has it. What
 * was not needed where it was locked has no version there, and is left out.
 * Throws UserError for a package without hashes and for one that no index has.
 */
export function pipfileRequirements(text: string, file: string, { sets: { groups }, local = new Set() }: LockQuery): string {
  const categories = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, PipfilePackage>> | undefined>>;
  const wanted = Object.keys(categories).filter((name) => name === 'default' || groups.includes(normalizedName(name)));
  // What two categories name is one package.
  const packages = new Map(wanted.flatMap((category) => Object.entries(categories[category] ?? {})));
  return [...packages]
    .filter(
      ([name, { version, path, git, file: from }]) =>
        !((path ?? git ?? from) !== undefined && local.has(normalizedName(name))) && version !== '*',
    )
    .map(([name, found]) => {
      const { version, extras, markers, hashes = [] } = found;
      const exact = /^===?(.+)$/.exec(version ?? '')?.[1];
      const git = found.git !== undefined && found.ref !== undefined ? gitUrl(found.git, found.ref, found.subdirectory) : undefined;
      const url = git ?? (/^https?:/.test(found.file ?? '') ? found.file : undefined);
      if (exact === undefined && url === undefined)
        throw new UserError(
          `${file}: \`${name}\` comes from ${found.git ?? found.path ?? found.file ?? 'somewhere'}, not from a package index`,
          'publish a wheel to an index, or name one by its URL: nothing is built',
          { file },
        );
      if (hashes.length === 0 && git === undefined)
        throw new UserError(`${file} has no hashes for \`${name}\``, 'run `pipenv lock`', { file });
      return requirementLine({ name, version: exact ?? '', ...(extras ? { extras } : {}), marker: markers, url, hashes });
    })
    .join('');
}
