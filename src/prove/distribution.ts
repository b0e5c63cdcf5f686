import { osReleaseOf, type ImageTree } from '../image/index.ts';
import { namesIn, packageOfLibrary, type Distribution } from '../plan/index.ts';

/** Which of the known distributions an image is made of; undefined for another. Source: os-release(5). */
export async function distributionOf(tree: ImageTree): Promise<Distribution | undefined> {
  const release = await osReleaseOf(tree);
  switch (release?.id) {
    case 'debian':
      return release.codename === 'bookworm' || release.codename === 'trixie' ? release.codename : undefined;
    case 'alpine':
      return 'alpine';
    case 'amzn':
      return release.version === '2023' ? 'amazonlinux' : undefined;
    default:
      return undefined;
  }
}

const TITLES: Readonly<Record<Distribution, string>> = {
  bookworm: 'Debian bookworm',
  trixie: 'Debian trixie',
  alpine: 'Alpine',
  amazonlinux: 'Amazon Linux 2023',
};

/** How to bring libraries into an image of this distribution, for people. */
export function waysToAdd(libraries: readonly string[], distribution: Distribution | undefined): string {
  const known = libraries.map((library) => ({ library, packages: packagesOf(library, distribution) }));
  const names = [...new Set(known.flatMap(({ packages }) => packages))];
  const of = distribution === undefined ? 'the distribution' : TITLES[distribution];
  if (names.length === 0) return `add the package of ${of} that has ${quoted(libraries)} under \`packages:\` in plimsoll.yaml`;
  const unknown = known.filter(({ packages }) => packages.length === 0).map(({ library }) => library);
  const rest = unknown.length === 0 ? '' : `; and what has ${quoted(unknown)}`;
  return `add ${quoted(names)} (of ${of}) under \`packages:\` in plimsoll.yaml${rest}; without \`systemPackages:\` there what is known to be needed is added`;
}

const packagesOf = (library: string, distribution: Distribution | undefined): readonly string[] => {
  const id = packageOfLibrary(library);
  const named = id && distribution ? namesIn(id, distribution) : undefined;
  return named ?? guessed(library, distribution);
};

/** Debian Policy 8.1: a library's package is called as its soname, `libfoo.so.5` → `libfoo5`, `libfoo-1.2.so.5` → `libfoo-1.2-5`. */
function guessed(soname: string, distribution: Distribution | undefined): readonly string[] {
  if (distribution !== 'bookworm' && distribution !== 'trixie') return [];
  const [, name, version] = /^(lib[\w.+-]+?)\.so\.([\w.]+)$/.exec(soname) ?? [];
  if (name === undefined || version === undefined) return [];
  return [`${name}${/\d$/.test(name) ? '-' : ''}${version}`.toLowerCase().replaceAll('_', '-')];
}

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
