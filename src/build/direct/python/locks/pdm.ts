import { parseTOML, getStaticTOMLValue } from 'toml-eslint-parser';
import { UserError, normalizedName } from '../../../../base/index.ts';
import { gitUrl, requirementLine, type LockQuery } from './line.ts';

interface PdmPackage {
  readonly name: string;
  readonly version: string;
  readonly extras?: readonly string[];
  readonly groups?: readonly string[];
  readonly marker?: string;
  readonly files?: readonly { readonly hash: string }[];
  readonly git?: string;
  readonly revision?: string;
  readonly subdirectory?: string;
  readonly url?: string;
  readonly path?: string;
}

/**
 * pdm.lock as a requirements file with hashes: the default group and the chosen ones, as `pdm export --prod -G NAME` has it. A package with extras
 * stands in the lock once more, and its line takes the place of the plain one.
 * Throws UserError for a lock without groups or hashes, and for a package that no index has.
 */
export function pdmRequirements(text: string, file: string, { sets, local = new Set() }: LockQuery): string {
  const wanted = new Set(['default', ...sets.extras, ...sets.groups]);
  const { package: packages = [] } = getStaticTOMLValue(parseTOML(text)) as { readonly package?: readonly PdmPackage[] };
  const lines = new Map<string, string>();
  for (const found of packages) {
    const { name, version, extras, groups, marker, files = [] } = found;
    if (groups === undefined)
      throw new UserError(`${file} does not say what \`${name}\` is for`, 'run `pdm lock` with PDM 2.10 or newer', { file });
    if (!groups.some((group) => wanted.has(normalizedName(group))) || local.has(normalizedName(name))) continue;
    const elsewhere = found.git ?? found.url ?? found.path;
    const git = found.git !== undefined && found.revision !== undefined ? gitUrl(found.git, found.revision, found.subdirectory) : undefined;
    if (elsewhere !== undefined && git === undefined && found.url === undefined)
      throw new UserError(
        `${file}: \`${name}\` comes from ${elsewhere}, not from a package index`,
        'publish a wheel to an index, or name one by its URL: nothing is built',
        { file },
      );
    if (files.length === 0 && git === undefined)
      throw new UserError(`${file} has no hashes for \`${name}\``, 'run `pdm lock` without the strategy `no_hashes`', { file });
    const line = requirementLine({
      name,
      version,
      ...(extras ? { extras } : {}),
      marker,
      url: git ?? found.url,
      hashes: files.map(({ hash }) => hash),
    });
    if (extras !== undefined || !lines.has(normalizedName(name))) lines.set(normalizedName(name), line);
  }
  return [...lines.values()].join('');
}
