import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';

/** How a package is built: PEP 517, PEP 518. */
export interface BuildSystem {
  /** PEP 508. */
  readonly requires: readonly string[];
  /** `module:object`. */
  readonly backend: string;
  /** Folders of the package that hold its own back end. */
  readonly backendPath: readonly string[];
}

/** What a package without a build system is built with: PEP 517, “Source trees”; PEP 518, “build-system table”. */
const LEGACY: BuildSystem = { requires: ['setuptools>=40.8.0'], backend: 'setuptools.build_meta:__legacy__', backendPath: [] };

/** The build system that a pyproject.toml names. */
export function buildSystemOf(manifest: string | undefined): BuildSystem {
  if (manifest === undefined) return LEGACY;
  const read = getStaticTOMLValue(parseTOML(manifest)) as {
    readonly 'build-system'?: {
      readonly requires?: readonly string[];
      readonly 'build-backend'?: string;
      readonly 'backend-path'?: readonly string[];
    };
  };
  const system = read['build-system'];
  if (!system) return LEGACY;
  return {
    requires: system.requires ?? LEGACY.requires,
    backend: system['build-backend'] ?? LEGACY.backend,
    backendPath: system['backend-path'] ?? [],
  };
}
