import { packagesOf, type ImageTree } from '../../image/index.ts';
import type { Licensed } from './types.ts';

/** Each package of Debian has its copyright file, which may be a link, or lie in a folder that is one: Debian Policy 12.5. */
export async function debianLicences(tree: ImageTree): Promise<readonly Licensed[]> {
  return [...(await packagesOf(tree))].flatMap(([key, version]) => {
    const [kind, name = ''] = key.split(' ');
    return kind === 'debian' ? [{ name: `${name} ${version}`, texts: [`usr/share/doc/${name}/copyright`], named: false }] : [];
  });
}

/** Alpine's packages have no text; their database names the licence: Alpine wiki, "Apk spec", `L`. */
export async function alpineLicences(tree: ImageTree): Promise<readonly Licensed[]> {
  const path = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'].find((it) => tree.resolve(it) !== undefined);
  if (path === undefined) return [];
  return Buffer.from(await tree.read(path))
    .toString('utf8')
    .split(/\n\n+/)
    .flatMap((paragraph) => {
      const field = (letter: string): string | undefined => new RegExp(`^${letter}:(.+)$`, 'm').exec(paragraph)?.[1]?.trim();
      const name = field('P');
      return name === undefined ? [] : [{ name: `${name} ${field('V') ?? ''}`.trim(), texts: [], named: field('L') !== undefined }];
    });
}

/** RPM's database, where it lies: each header in it has a License, without which rpmbuild makes no package. */
export const rpmDatabase = (tree: ImageTree): string | undefined =>
  ['usr/lib/sysimage/rpm', 'var/lib/rpm']
    .flatMap((folder) => ['rpmdb.sqlite', 'Packages.db', 'Packages'].map((name) => `${folder}/${name}`))
    .find((path) => tree.resolve(path) !== undefined);
