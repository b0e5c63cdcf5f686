/** The Debian releases that a base is assembled from. */
export interface Suite {
  readonly name: 'bookworm' | 'trixie';
  /** `major.minor` of its python3 package. */
  readonly python: string;
  /** The upstream release of that package; security updates are backported, the number stays (Debian policy for stable). */
  readonly pythonRelease: string;
  readonly debian: string;
  /** The newest manylinux tag (PEP 600) that its C library runs and uv knows: trixie has 2.41, uv knows 2_40. */
  readonly glibc: string;
}

export const SUITES: readonly Suite[] = [
  { name: 'trixie', python: '3.13', pythonRelease: '3.13.5', debian: '13', glibc: '2_40' },
  { name: 'bookworm', python: '3.11', pythonRelease: '3.11.2', debian: '12', glibc: '2_36' },
];

/** Throws when the name is unknown: a bug, the base decision admits these only. */
export function suiteNamed(name: string): Suite {
  const found = SUITES.find((suite) => suite.name === name);
  if (!found) throw new Error(`unknown suite ${name}`);
  return found;
}

/** Whether a base is an image, and not assembled from a release of Debian. */
export const isImage = (base: string): boolean => SUITES.every((suite) => suite.name !== base);

/** What stands for the Python of a base whose name does not say it: its files do, when it is built on. */
export const UNKNOWN_PYTHON = 'as the base has it';
