import { formatPlatform, type Platform } from './platform.ts';

/** The variables that are there before any ARG (dockerfile2llb/platform.go, `defaultArgs`). */
export function predefinedArgs(platform: Platform, target: string): Map<string, string> {
  const version = { BUILDOSVERSION: platform.osVersion, TARGETOSVERSION: platform.osVersion };
  return new Map(
    Object.entries({
      BUILDPLATFORM: formatPlatform({ ...platform, osVersion: '' }),
      BUILDOS: platform.os,
      BUILDARCH: platform.architecture,
      BUILDVARIANT: platform.variant,
      TARGETPLATFORM: formatPlatform(platform),
      TARGETOS: platform.os,
      TARGETARCH: platform.architecture,
      TARGETVARIANT: platform.variant,
      TARGETSTAGE: target === '' ? 'default' : target,
      ...version,
    }),
  );
}

/** ARGs that never become variables (dockerfile2llb/convert.go, `nonEnvArgs`). */
export const hiddenArgs: ReadonlySet<string> = new Set(['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE']);

/** PATH where the base image sets none (util/system/path.go). */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
