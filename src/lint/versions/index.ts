/** Versions of packages, for fixes that name them. Nothing here asks anybody: who wants such fixes brings the answers. */
export { pinVersions } from './pin.ts';
export type { VersionLookup } from './types.ts';
