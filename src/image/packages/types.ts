import type { OsRelease } from './os-release.ts';

/** Whose list of installed things names a package. */
export type Ecosystem = 'debian' | 'alpine' | 'rpm' | 'python' | 'npm';

/** A package as the record of it in an image says. Nothing is asked elsewhere. */
export interface Package {
  readonly ecosystem: Ecosystem;
  /** As its maker writes it: `Flask`, `libc6`, `@types/node`. */
  readonly name: string;
  /** Whole: of rpm's with epoch and release, `1:1.1.1k-12.el9`. */
  readonly version: string;
  readonly architecture?: string;
  /** What it was built from, as its distribution calls it: advisories go by that. Always there for Debian's; for others where it is written down. */
  readonly source?: { readonly name: string; readonly version: string };
  /** What its record says of its licence, unchanged; Debian's records say nothing. */
  readonly licence?: string;
  /** The distribution whose package it is; absent for those of languages, and where no os-release(5) says it. */
  readonly distribution?: OsRelease;
  /** Package URL: purl-spec. */
  readonly purl: string;
  /** Index of the layer that its record came from. */
  readonly layer: number;
  /** Of its record: `var/lib/dpkg/status`, `…/flask-3.0.dist-info/METADATA`. */
  readonly path: string;
  /** What its record lists, without folders: paths of the image without a leading `/`, before links are followed. They need not be there. */
  readonly files: readonly string[];
  /** Names that it needs, each alternative of a choice too, without versions: of packages, or of what those provide. */
  readonly requires: readonly string[];
  /** Other names that it answers to: virtual packages, sonames (`so:libz.so.1`, `libz.so.1()(64bit)`). */
  readonly provides: readonly string[];
  /** Who put it there, as Python's records say it: `pip`, `uv`, `debian`. */
  readonly installer?: string;
  /** The address that it was installed from, without a login: PEP 610, `direct_url.json`. */
  readonly origin?: string;
}

/** A record that could not be read, or not all of it. */
export interface Unread {
  readonly path: string;
  readonly why: string;
}

export interface Installed {
  /** By ecosystem, name, version and path. */
  readonly packages: readonly Package[];
  /** What is left out, for people: never silently. */
  readonly unread: readonly Unread[];
}

/** What a reader finds in a record; the rest is the same for all of them. */
export type Found = Omit<Package, 'ecosystem' | 'distribution' | 'purl' | 'layer' | 'path'> & {
  /** Whose layer it is, where that is not the record's own: a database is written anew by each layer that adds to it. */
  readonly since?: string;
};

export interface Reading {
  readonly found: readonly Found[];
  /** Why something was left out. */
  readonly problems: readonly string[];
}

/** What a reader may look at beside the record itself. */
export interface Beside {
  /** The text of a file; undefined where there is none, or one that is too large. */
  text(path: string): Promise<string | undefined>;
  /** All paths below a folder, sorted. */
  below(folder: string): readonly string[];
}

export interface PackageReader {
  readonly ecosystem: Ecosystem;
  /** Whether a path is a record of this kind. */
  claims(path: string): boolean;
  /** Whether `read` may ask for the text of this path beside a record. */
  asks?(path: string): boolean;
  /** Pure, and never throws: what is broken is a problem. */
  read(path: string, bytes: Uint8Array, beside: Beside): Promise<Reading>;
}
