/** A package as a lock names it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly extras?: readonly string[];
  /** PEP 508. */
  readonly marker?: string | undefined;
  /** `sha256:…` of each file that may be installed. */
  readonly hashes: readonly string[];
}

/** Its line in a requirements file (pip, "Hash-checking mode"). */
export function requirementLine({ name, version, extras = [], marker, hashes }: LockedPackage): string {
  const what = `${name}${extras.length === 0 ? '' : `[${extras.join(',')}]`}==${version}`;
  return `${what}${marker === undefined || marker === '' ? '' : ` ; ${marker}`}${hashes.map((hash) => ` \\\n    --hash=${hash}`).join('')}\n`;
}

/** PEP 503. */
export const normalise = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
