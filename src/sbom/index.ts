import { cyclonedx } from './cyclonedx.ts';
import { spdx } from './spdx.ts';
import type { Contents } from './types.ts';

export { archiveKey, contentsOf } from './contents.ts';
export { isLicenceExpression } from './licence-expression.ts';
export { named as namedPackage, namedIn, type Named as NamedPackage } from './named.ts';
export type { Archive, Archives, Component, Contents } from './types.ts';

export interface SbomFormat {
  /** IANA, for what is attached to an image. */
  readonly mediaType: string;
  readonly says: string;
  write(contents: Contents, version: string): string;
}

/** By the name that `--format` has. */
export const SBOM_FORMATS = {
  cyclonedx: { mediaType: 'application/vnd.cyclonedx+json', says: 'CycloneDX 1.6', write: cyclonedx },
  spdx: { mediaType: 'application/spdx+json', says: 'SPDX 2.3', write: spdx },
} as const satisfies Record<string, SbomFormat>;
