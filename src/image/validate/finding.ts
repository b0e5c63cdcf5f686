import type { Digest } from '../../base/node.ts';
import type { Reading } from '../spec/documents.ts';

/** One thing about an image that is not as it should be. */
export interface Mismatch {
  /** `error`: it breaks the specification. `note`: it is allowed, or only advised against. */
  readonly severity: 'error' | 'note';
  /** Which part, for people: `index.json manifests[0] layer 2 (sha256:…)`. */
  readonly where: string;
  readonly what: string;
  /** Where it is specified: `image-spec, layer.md, "Whiteouts"`. */
  readonly section: string;
  /** The blob that it is in; absent for files with names of their own, `index.json` and `oci-layout`. */
  readonly blob?: Digest;
  /** Where in the document: `layers[2].size`. */
  readonly path?: string;
}

/** Sections of the specifications, version 1.1. */
export const SECTION = {
  descriptor: 'image-spec, descriptor.md, "Properties"',
  verification: 'image-spec, descriptor.md, "Verification"',
  data: 'image-spec, descriptor.md, "Embedded Content"',
  annotations: 'image-spec, annotations.md, "Rules"',
  annotationKeys: 'image-spec, annotations.md, "Pre-Defined Annotation Keys"',
  layoutFile: 'image-spec, image-layout.md, "oci-layout file"',
  indexJson: 'image-spec, image-layout.md, "index.json file"',
  blobs: 'image-spec, image-layout.md, "Blobs"',
  index: 'image-spec, image-index.md, "Image Index Property Descriptions"',
  variants: 'image-spec, image-index.md, "Platform Variants"',
  manifest: 'image-spec, manifest.md, "Image Manifest Property Descriptions"',
  empty: 'image-spec, manifest.md, "Guidance for an Empty Descriptor"',
  artifact: 'image-spec, manifest.md, "Guidelines for Artifact Usage"',
  conflicts: 'image-spec, media-types.md, "Media Type Conflicts"',
  compatibility: 'image-spec, media-types.md, "Compatibility Matrix"',
  config: 'image-spec, config.md, "Properties"',
  healthcheck: 'moby, image/spec/v1.2.md, "Image JSON Field Descriptions"',
  archive: 'moby, image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format"',
  layer: 'image-spec, layer.md, "Distributable Format"',
  changes: 'image-spec, layer.md, "Representing Changes"',
  whiteouts: 'image-spec, layer.md, "Whiteouts"',
  foreign: 'image-spec, layer.md, "Non-Distributable Layers"',
  referrers: 'distribution-spec, "Listing Referrers"',
  referrersTag: 'distribution-spec, "Referrers Tag Schema"',
} as const;

export type Section = (typeof SECTION)[keyof typeof SECTION];

interface Told {
  readonly path?: string;
  readonly severity?: Mismatch['severity'];
  readonly section?: Section;
}

/** Says what is wrong with a part. */
export type Report = (what: string, told?: Told) => void;

/** Puts what is told of a part among what was found. `section`: where most of it is specified. */
export const reporter =
  (found: Mismatch[], name: string, section: Section, blob?: Digest): Report =>
  (what, { path = '', severity = 'error', section: other = section } = {}) =>
    void found.push({
      severity,
      where: [name, path].filter(Boolean).join(' '),
      what,
      section: other,
      ...(blob ? { blob } : {}),
      ...(path === '' ? {} : { path }),
    });

/** Tells what a document lacks of its shape. */
export const tellFlaws = ({ flaws }: Reading<unknown>, report: Report): void => flaws.forEach(({ at, what }) => report(what, { path: at }));

/** What keeps an image from being sound. */
export const errorsAmong = (found: readonly Mismatch[]): readonly Mismatch[] => found.filter(({ severity }) => severity === 'error');
