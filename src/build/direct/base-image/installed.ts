import { packagesOf, type ImageTree } from '../../../image/index.ts';

/** The packages of its distribution that an image has, with what Debian's provide (deb-control(5)). Each name once, sorted. */
export async function installedPackages(tree: ImageTree): Promise<string[]> {
  const { packages } = await packagesOf(tree);
  const names = packages.flatMap(({ ecosystem, name, provides }) =>
    ecosystem === 'debian' ? [name, ...provides] : ecosystem === 'alpine' || ecosystem === 'rpm' ? [name] : [],
  );
  return [...new Set(names)].toSorted();
}

/**
 * Whether a package is there under this name, or under that which it had before Debian's time_t was 64 bits wide: on
 * machines of 64 bits they are the same library.
 */
export const isInstalled = (name: string, installed: readonly string[]): boolean =>
  installed.includes(name) || installed.includes(name.replace(/t64$/, ''));
