import type { Digest } from '../base/node.ts';
import type { JumpedTar, Place } from './tar/index.ts';
import type { Referrer } from './referrer.ts';

/** image-spec, descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly platform?: Platform;
  /** Where else it lies: layers that no registry may hold have that. Never asked. */
  readonly urls?: readonly string[];
  /** Of what is attached to an image: image-spec, manifest.md, `artifactType`. */
  readonly artifactType?: string;
  /** Its content, in Base64. Checked, never taken for the content. */
  readonly data?: string | null;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** image-spec, image-index.md, "platform". */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
}

/** image-spec, config.md. `Healthcheck`, `Shell` and `OnBuild` are Docker's: OCI has no such fields. Times in it are nanoseconds. */
export interface ImageConfig {
  readonly created?: string;
  readonly author?: string;
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly config?: {
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, object>>;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Volumes?: Readonly<Record<string, object>>;
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
    readonly StopSignal?: string;
    readonly Shell?: readonly string[];
    readonly OnBuild?: readonly string[];
    readonly Healthcheck?: {
      readonly Test: readonly string[];
      readonly Interval?: number;
      readonly Timeout?: number;
      readonly StartPeriod?: number;
      readonly StartInterval?: number;
      readonly Retries?: number;
    };
  };
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  readonly history?: readonly {
    readonly created?: string;
    readonly created_by?: string;
    readonly comment?: string;
    readonly empty_layer?: boolean;
  }[];
}

/** image-spec, manifest.md. */
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** What it holds, where that is no image. */
  readonly artifactType?: string;
  /** What it belongs to. */
  readonly subject?: Descriptor | null;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a source of an image must offer; everything else is derived (`imageOf`). */
export interface ImageCore {
  /** The exact bytes: the image's digest is of these. */
  manifest(): Promise<Uint8Array>;
  /** A blob's bytes, checked against its digest and size to the end; throws EnvironmentError on a mismatch. */
  blob(descriptor: Descriptor): AsyncIterable<Uint8Array>;
  /** Where a blob lies on this disk, unchecked; absent where that is nowhere as a whole. */
  place?(descriptor: Descriptor): Promise<Place | undefined>;
  /** A layer's tar that can be looked into without reading all of it, unchecked; undefined where it has to be read. */
  jumped?(descriptor: Descriptor, diffId: Digest): Promise<JumpedTar | undefined>;
  /** Brings a layer to this disk that will be read as a whole; who looks into several asks for them side by side. */
  fetch?(descriptor: Descriptor): Promise<void>;
  /** Manifests beside it that say how it was made or what is in it, as an index names them. */
  readonly attestations?: readonly Descriptor[];
  /** What is attached to it where it lies. */
  attached?(): Promise<readonly Referrer[]>;
}

/** An image, immutable; everything is read when asked for, once. */
export interface Image extends ImageCore {
  digest(): Promise<Digest>;
  parsedManifest(): Promise<Manifest>;
  config(): Promise<ImageConfig>;
  layers(): Promise<readonly ImageLayer[]>;
  readonly attestations: readonly Descriptor[];
  attached(): Promise<readonly Referrer[]>;
}

export interface ImageLayer {
  readonly descriptor: Descriptor;
  /** Digest of the uncompressed tar: image-spec, config.md, "DiffID". */
  readonly diffId: Digest;
  /** `created_by` of the history entry that made it. */
  readonly createdBy?: string;
  /** The uncompressed tar, checked. */
  tar(): AsyncIterable<Uint8Array>;
  /** Where the uncompressed tar lies on this disk, unchecked; undefined where it has to be unpacked first. */
  place?(): Promise<Place | undefined>;
  /** The uncompressed tar, looked into where it lies in pieces, unchecked; undefined where it has to be read. */
  jumped?(): Promise<JumpedTar | undefined>;
  /** Brings it to this disk, where it will be read as a whole; absent where it lies here. */
  fetch?(): Promise<void>;
}

/** One entry of a layer. `path` is relative, POSIX, without `./` and without a trailing `/`. */
export type LayerEntry =
  | (EntryHead & { readonly type: 'file'; readonly content: Content })
  | (EntryHead & { readonly type: 'directory' })
  | (EntryHead & { readonly type: 'symlink'; readonly target: string })
  /** `target` is the path of an entry of the same layer; mode and owner are that entry's, whatever is said here. */
  | (EntryHead & { readonly type: 'hardlink'; readonly target: string });

export interface EntryHead {
  readonly path: string;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Bytes in memory, or a file on disk that is read when the layer is written. */
export type Content = Uint8Array | FileContent;

export interface FileContent {
  readonly file: string;
  readonly sizeBytes: number;
  /** What it must turn out to be; absent: whatever it is. */
  readonly digest?: Digest;
}

/** A layer that was made and lies in the store. Plain JSON: it is remembered there. */
export interface BuiltLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  /** Bytes of the tar. */
  readonly uncompressedSize: number;
  /** For the history: what this layer is, in words. */
  readonly createdBy: string;
}
