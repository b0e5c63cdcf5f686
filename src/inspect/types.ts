import type { Ecosystem, FileRecord, ImageConfig } from '../image/index.ts';

/** What a file is of, where nothing says that it need not be there. */
export type Kind = 'interpreter' | 'dependencies' | 'application' | 'system packages' | 'unknown';

/** Which package put a file there, by its record. */
export interface Owner {
  readonly by: Ecosystem;
  readonly name: string;
}

/** One file as a container sees it; what has several names has the first of them. Bytes of its content. */
export interface FileFact {
  /** Relative and plain: `usr/bin/env`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Index of the layer that has its content. */
  readonly layer: number;
  readonly mode: number;
  readonly owner?: Owner;
}

/** A file and where its content lies. */
export interface Known {
  readonly file: FileFact;
  readonly record: FileRecord;
}

/** Bytes of a file that the image does not need, and by which cause. */
export interface Avoidable {
  readonly file: FileFact;
  /** Of its bytes so many: all of them, but for sections of programs. */
  readonly sizeBytes: number;
}

/** A reason why bytes of an image can be avoided. One file each in causes/. */
export interface Cause {
  readonly id: string;
  /** For people, as a noun: `lists and caches of apt`. */
  readonly title: string;
  readonly why: string;
  readonly source: string;
  /** The way out. */
  readonly fix: string;
  /** The rule of the linter that finds its source in a Dockerfile. */
  readonly rule?: string;
  /** What is given up with the bytes; where that is something, the bytes are not held against the image. */
  readonly cost?: string;
  readonly matches: (file: FileFact) => boolean;
}

/** A cause that is found by looking at contents. */
export type CauseByContent = Omit<Cause, 'matches'>;

/** An instruction of a Dockerfile that made a layer. */
export interface Line {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly endLine: number;
}

export interface InspectedLayer {
  readonly index: number;
  readonly digest: string;
  readonly createdBy?: string;
  /** The instruction as a Dockerfile has it. */
  readonly instruction: string;
  readonly line?: Line;
  /** Bytes: as it is pulled, its tar, the contents in it. */
  readonly size: { readonly compressed: number; readonly tar: number; readonly content: number };
  readonly files: number;
  /** Bytes of content that no container sees, because of a later layer or of this one. */
  readonly wasteBytes: number;
}

/** Why a content cannot be seen any more. */
export type WasteHow = 'deleted' | 'overwritten' | 'owner or mode changed' | 'written again unchanged';

/** Content in a layer that is pulled and never seen. */
export interface Waste {
  readonly path: string;
  readonly sizeBytes: number;
  /** Index of the layer that has it, and of the one that hides it. */
  readonly layer: number;
  readonly by: number;
  readonly how: WasteHow;
}

/** What one layer hides of another, for one reason. */
export interface WasteGroup {
  readonly how: WasteHow;
  readonly title: string;
  readonly fix: string;
  readonly rule?: string;
  readonly layer: number;
  readonly by: number;
  readonly sizeBytes: number;
  /** Largest first. */
  readonly files: readonly Waste[];
}

export interface CauseFound {
  readonly cause: CauseByContent;
  readonly sizeBytes: number;
  /** Largest first. */
  readonly files: readonly Avoidable[];
  /** By layer, most bytes first. */
  readonly layers: readonly LayerShare[];
}

export interface LayerShare {
  readonly layer: number;
  readonly sizeBytes: number;
}

export interface KindFound {
  readonly kind: Kind;
  readonly sizeBytes: number;
  readonly files: number;
}

export interface PackageSize {
  readonly by: Owner['by'];
  readonly name: string;
  readonly version: string;
  readonly sizeBytes: number;
}

/** `cause`: the id of the one that takes it, or a part of it. */
export interface InspectedFile extends FileFact {
  readonly kind: Kind;
  readonly cause?: string;
}

/** What an image holds, why, and what of it can go. Bytes throughout. */
export interface Inspection {
  readonly ref: string;
  readonly digest: string;
  readonly platform: string;
  readonly config: NonNullable<ImageConfig['config']>;
  readonly size: {
    readonly compressed: number;
    /** The tars of all layers. */
    readonly tars: number;
    /** Contents in them; the rest are headers and padding. */
    readonly content: number;
    /** What a container sees. */
    readonly tree: number;
    /** `content` less `tree`. */
    readonly waste: number;
    /** Of `tree`: what causes found, without those that cost something. */
    readonly avoidable: number;
  };
  readonly layers: readonly InspectedLayer[];
  /** Most bytes first. */
  readonly waste: readonly WasteGroup[];
  /** In the order in which they were asked; those that found nothing are left out. */
  readonly causes: readonly CauseFound[];
  /** What no cause found, by what it is. */
  readonly other: readonly KindFound[];
  /** Largest first. */
  readonly packages: readonly PackageSize[];
  readonly fileCount: number;
  /** All of them, by path; made when asked for. */
  files(): readonly InspectedFile[];
}
