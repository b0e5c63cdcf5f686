import type { Digest } from '../base/node.ts';
import type { OsRelease, Package, Unread } from '../image/index.ts';

/** What an image is, and what is installed in it: what every format of an SBOM is written from. */
export interface Contents {
  readonly image: {
    /** `registry/name:tag`, or as it was named. */
    readonly name: string;
    readonly digest: Digest;
    /** `linux/amd64`. */
    readonly platform: string;
    /** As its config has it: RFC 3339. */
    readonly created?: string;
  };
  readonly layers: readonly Layer[];
  readonly system?: OsRelease;
  /** By ecosystem, name, version and path. */
  readonly components: readonly Component[];
  /** Records that could not be read: the list is then not whole, and says so. */
  readonly unread: readonly Unread[];
}

export interface Layer {
  readonly digest: Digest;
  readonly diffId: Digest;
  readonly createdBy?: string;
}

export interface Component {
  readonly package: Package;
  /** Unique among them: its package URL, with the path of its record where there are two of one. */
  readonly ref: string;
  /** Each an expression of SPDX, or a text that is none; all of them hold for parts of it. */
  readonly licences: readonly Licence[];
  /** Indexes of components that it needs, as far as they are there. Sorted. */
  readonly needs: readonly number[];
  readonly archive?: Archive;
}

export type Licence = { readonly kind: 'expression'; readonly expression: string } | { readonly kind: 'text'; readonly text: string };

/** The archive that a package came in, as a build resolved it: files in the image may be other ones since, without debug sections. */
export interface Archive {
  /** Of several, one is it: a lock for all platforms names each wheel. Hexadecimal. */
  readonly sha256: readonly string[];
  /** Where it lies below its mirror. */
  readonly file?: string;
}

/** By `archiveKey`. */
export type Archives = ReadonlyMap<string, Archive>;
