import { normalizedName } from '../../base/index.ts';
import { satisfies, valid } from '@renovatebot/pep440';
import { metadataFields, packagesOf, type ImageTree } from '../../image/index.ts';
import { markerHolds, type MarkerEnvironment } from './marker.ts';

interface Distribution {
  readonly name: string;
  readonly version: string;
  readonly requires: readonly string[];
}

/** A dependency that a distribution declares and the image does not have, or has in a version that is refused. */
export interface Unmet {
  readonly by: string;
  readonly requirement: string;
  readonly why: string;
}

/**
 * Checks the Requires-Dist of every installed distribution, as `pip check` does. Extras count where another distribution
 * or the application (`asked`) asks for them. A marker that cannot be decided is no failure.
 * Source: Core metadata specifications, "Requires-Dist"; PEP 508.
 */
export async function unmetRequirements(
  tree: ImageTree,
  site: readonly string[],
  environment: MarkerEnvironment,
  asked: readonly { readonly name: string; readonly extras: readonly string[] }[],
): Promise<readonly Unmet[]> {
  const installed = await distributionsIn(tree, site);
  const extras = new Map<string, Set<string>>();
  for (const it of asked) addExtras(extras, it.name, it.extras);
  const unmet = new Map<string, Unmet>();
  // An extra may bring requirements that ask for further extras: until nothing is added.
  for (let before = -1; before !== total(extras);) {
    before = total(extras);
    for (const it of installed.values())
      for (const requirement of it.requires) {
        const parsed = parse(requirement);
        if (
          !parsed ||
          (parsed.marker !== undefined &&
            markerHolds(parsed.marker, environment, extras.get(normalizedName(it.name)) ?? new Set()) !== true)
        )
          continue;
        addExtras(extras, parsed.name, parsed.extras);
        const why = problem(parsed, installed.get(normalizedName(parsed.name)));
        if (why !== undefined)
          unmet.set(`${it.name} ${requirement}`, { by: `${it.name} ${it.version}`, requirement: `${parsed.name}${parsed.specifier}`, why });
      }
  }
  return [...unmet.values()];
}

async function distributionsIn(tree: ImageTree, site: readonly string[]): Promise<ReadonlyMap<string, Distribution>> {
  const { packages } = await packagesOf(tree);
  const found = new Map<string, Distribution>();
  // What stands first on the path is what is imported.
  for (const folder of site)
    for (const { ecosystem, name, version, path } of packages) {
      if (ecosystem !== 'python' || found.has(normalizedName(name)) || !isIn(folder, path)) continue;
      found.set(normalizedName(name), { name, version, requires: await requirementsOf(tree, path) });
    }
  return found;
}

/** Its folder of metadata lies in this one, and not further inside. */
const isIn = (folder: string, path: string): boolean =>
  path.startsWith(`${folder}/`) && /^[^/]+(?:\/[^/]+)?$/.test(path.slice(folder.length + 1));

/** Egg-info of Debian's packages counts as there, its needs are dpkg's. */
async function requirementsOf(tree: ImageTree, path: string): Promise<readonly string[]> {
  if (!path.endsWith('.dist-info/METADATA')) return [];
  const fields = metadataFields(Buffer.from(await tree.read(path)).toString('utf8'));
  return fields.flatMap(([key, value]) => (key === 'requires-dist' ? [value] : []));
}

interface Requirement {
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifier: string;
  readonly marker?: string;
}

function parse(text: string): Requirement | undefined {
  const [, name, extras, rest] = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*(.*)$/s.exec(text) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const semicolon = rest.startsWith('@') ? rest.search(/\s;/) : rest.indexOf(';');
  const written = (semicolon < 0 ? rest : rest.slice(0, semicolon)).trim();
  const marker = semicolon < 0 ? undefined : rest.slice(semicolon).replace(/^\s*;/, '').trim();
  const specifier = written.startsWith('@') ? '' : written.replaceAll(/[()\s]/g, '');
  return {
    name,
    extras: (extras ?? '')
      .split(',')
      .map((it) => it.trim())
      .filter(Boolean),
    specifier,
    ...(marker ? { marker } : {}),
  };
}

function problem({ name, specifier }: Requirement, installed: Distribution | undefined): string | undefined {
  if (!installed) return `\`${name}\` is not in the image`;
  // Debian and vendors use versions that PEP 440 does not know: nothing is claimed of them.
  if (specifier === '' || valid(installed.version) === null) return undefined;
  try {
    return satisfies(installed.version, specifier, { prereleases: true }) ? undefined : `the image has ${installed.version}`;
  } catch {
    return undefined; // a specifier of before PEP 440
  }
}

function addExtras(extras: Map<string, Set<string>>, name: string, added: readonly string[]): void {
  const known = extras.get(normalizedName(name)) ?? new Set();
  for (const it of added) known.add(normalizedName(it));
  extras.set(normalizedName(name), known);
}

const total = (extras: ReadonlyMap<string, ReadonlySet<string>>): number => [...extras.values()].reduce((sum, it) => sum + it.size, 0);
