import { masked, normalizedName, SPDX_IDS } from '../base/index.ts';
import { isForPackages, lookThrough, osReleaseOf, packagesOf, type Image, type ImageTree, type Package } from '../image/index.ts';
import { isForLicences, licenceReader, licencesOf } from './licences.ts';
import { relationsOf } from './relations.ts';
import type { Archives, Component, Contents, Licence } from './types.ts';

/** What a lock's entry and an installed package have in common. */
export const archiveKey = ({ ecosystem, name, version }: Pick<Package, 'ecosystem' | 'name' | 'version'>): string =>
  `${ecosystem} ${ecosystem === 'python' ? normalizedName(name) : name} ${version}`;

/**
 * Reads an image for an SBOM. `tree`: its files, where they were read already. Throws EnvironmentError where it is broken.
 */
export async function contentsOf(
  image: Image,
  name: string,
  archives: Archives = new Map(),
  tree?: () => Promise<ImageTree>,
): Promise<Contents> {
  if (tree) return contentsIn(await tree(), image, name, archives);
  const wantsText = (path: string): boolean => isForPackages(path) || isForLicences(path);
  return lookThrough(await image.layers(), wantsText, (files) => contentsIn(files, image, name, archives));
}

async function contentsIn(files: ImageTree, image: Image, name: string, archives: Archives): Promise<Contents> {
  const [config, layers] = [await image.config(), await image.layers()];
  const { packages, unread } = await packagesOf(files);
  const system = await osReleaseOf(files);
  const needs = relationsOf(packages, files);
  const read = licenceReader(SPDX_IDS);
  const licences: (readonly Licence[])[] = [];
  for (const each of packages) licences.push(await licencesOf(files, each, read));
  return {
    image: {
      name,
      digest: await image.digest(),
      platform: `${config.os}/${config.architecture}`,
      ...(config.created === undefined ? {} : { created: config.created }),
    },
    layers: layers.map(({ descriptor, diffId, createdBy }) => ({
      digest: descriptor.digest,
      diffId,
      ...(createdBy === undefined ? {} : { createdBy: masked(createdBy) }),
    })),
    ...(system ? { system } : {}),
    components: componentsOf(packages, needs, licences, archives),
    unread,
  };
}

function componentsOf(
  packages: readonly Package[],
  needs: readonly (readonly number[])[],
  licences: readonly (readonly Licence[])[],
  archives: Archives,
): readonly Component[] {
  const seen = new Set<string>();
  return packages.map((one, index) => {
    const archive = archives.get(archiveKey(one));
    let ref = seen.has(one.purl) ? `${one.purl}#${encodeURI(one.path)}` : one.purl;
    // The same package twice in one record: a database that was written by hand.
    while (seen.has(ref)) ref += '+';
    seen.add(ref);
    return { package: one, ref, licences: licences[index] ?? [], needs: needs[index] ?? [], ...(archive ? { archive } : {}) };
  });
}

/** Those that the others are reached from: what nothing needs, and of a circle that nothing else needs its first. */
export function rootsOf(components: readonly Component[]): readonly number[] {
  const needed = new Set(components.flatMap(({ needs }) => needs));
  const roots = components.flatMap((_, index) => (needed.has(index) ? [] : [index]));
  const reached = new Set<number>();
  const reach = (from: number): void => {
    for (const todo = [from]; todo.length > 0;) {
      const index = todo.pop()!;
      if (reached.has(index)) continue;
      reached.add(index);
      todo.push(...(components[index]?.needs ?? []));
    }
  };
  roots.forEach(reach);
  for (const index of components.keys())
    if (!reached.has(index)) {
      roots.push(index);
      reach(index);
    }
  return roots;
}
