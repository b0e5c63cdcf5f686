import { UserError } from '../../../../base/index.ts';
import { normalise, requirementLine } from './line.ts';

interface PipfilePackage {
  readonly version?: string;
  readonly extras?: readonly string[];
  readonly markers?: string;
  readonly hashes?: readonly string[];
  readonly git?: string;
  readonly file?: string;
  readonly path?: string;
}

/**
 * Pipfile.lock as a requirements file with hashes: the default packages, as `pipenv requirements --hash` has it. What
 * was not needed where it was locked has no version there, and is left out.
 * Throws UserError for a package without hashes and for one that no index has.
 */
export function pipfileRequirements(text: string, file: string, _: readonly string[] = [], local: ReadonlySet<string> = new Set()): string {
  const { default: packages = {} } = JSON.parse(text) as { readonly default?: Readonly<Record<string, PipfilePackage>> };
  return Object.entries(packages)
    .filter(([name, { version, path }]) => !(path !== undefined && local.has(normalise(name))) && version !== '*')
    .map(([name, found]) => {
      const { version, extras, markers, hashes = [] } = found;
      const exact = /^===?(.+)$/.exec(version ?? '')?.[1];
      if (exact === undefined)
        throw new UserError(
          `${file}: \`${name}\` comes from ${found.git ?? found.path ?? found.file ?? 'somewhere'}, not from a package index`,
          'publish it to an index; git, path and URL dependencies are not installed yet',
          { file },
        );
      if (hashes.length === 0) throw new UserError(`${file} has no hashes for \`${name}\``, 'run `pipenv lock`', { file });
      return requirementLine({ name, version: exact, ...(extras ? { extras } : {}), marker: markers, hashes });
    })
    .join('');
}
