/** Versions of packages, for fixes that name them. Nothing here asks anybody: who wants such fixes brings the answers. */
export { keyOf, openVersions, pinVersions } from './pin.ts';
export type { OpenVersions, PackageName, VersionLookup } from './types.ts';
