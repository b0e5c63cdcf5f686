import { packagesOf, type ImageTree } from '../../image/index.ts';
import type { Licensed } from './types.ts';

/** Each package of Debian has its copyright file, which may be a link, or lie in a folder that is one: Debian Policy 12.5. */
export async function debianLicences(tree: ImageTree): Promise<readonly Licensed[]> {
  const { packages } = await packagesOf(tree);
  return packages.flatMap(({ ecosystem, name, version }) =>
    ecosystem === 'debian' ? [{ name: `${name} ${version}`, texts: [`usr/share/doc/${name}/copyright`], named: false }] : [],
  );
}

/**
 * Alpine's packages have no text; their database names the licence: Alpine wiki, "Apk spec", `L`. So does RPM's, without
 * which rpmbuild makes no package.
 */
export async function namedLicences(tree: ImageTree, of: 'alpine' | 'rpm'): Promise<readonly Licensed[]> {
  const { packages } = await packagesOf(tree);
  return packages.flatMap(({ ecosystem, name, version, licence }) =>
    ecosystem === of ? [{ name: `${name} ${version}`, texts: [], named: licence !== undefined }] : [],
  );
}
