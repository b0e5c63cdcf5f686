import type { ScannedPackage } from '../types.ts';

/** How OSV calls a package: OSV schema, "Defined ecosystems". */
export interface OsvPackage {
  readonly ecosystem: string;
  /** Some distributions' documents name what was built, others what it was built from. */
  readonly names: readonly string[];
  readonly version: string;
}

/** Undefined for distributions of which OSV says nothing. */
export function osvPackage(one: ScannedPackage): OsvPackage | undefined {
  const { name, version } = one;
  if (one.ecosystem === 'python') return { ecosystem: 'PyPI', names: [name], version };
  if (one.ecosystem === 'npm') return { ecosystem: 'npm', names: [name], version };
  const ecosystem = distributionOf(one);
  if (ecosystem === undefined) return undefined;
  // Of rpm's source there is no epoch.
  if (one.ecosystem === 'rpm') return { ecosystem, names: [...new Set([name, one.source?.name ?? name])], version };
  return { ecosystem, names: [one.source?.name ?? name], version: one.source?.version ?? version };
}

function distributionOf({ distribution }: ScannedPackage): string | undefined {
  const { id, version = '' } = distribution ?? { id: '' };
  const [major = '', minor = ''] = version.split('.');
  if (major === '') return undefined;
  switch (id) {
    case 'debian':
      return `Debian:${major}`;
    case 'ubuntu':
      // April's of even years are supported for long, and are called so.
      return `Ubuntu:${version}${minor === '04' && Number(major) % 2 === 0 ? ':LTS' : ''}`;
    case 'alpine':
      return `Alpine:v${major}.${minor}`;
    case 'almalinux':
      return `AlmaLinux:${major}`;
    case 'rocky':
      return `Rocky Linux:${major}`;
    default:
      return undefined;
  }
}

/** The archives that hold what there is of these packages: those of a distribution are in one for all of its releases too. */
export const osvEcosystems = (packages: readonly ScannedPackage[]): readonly string[] =>
  [...new Set(packages.flatMap((one) => osvPackage(one)?.ecosystem ?? []))].toSorted();
