import type { Files, Progress } from '../base/index.ts';
import type { Digest, Store } from '../base/node.ts';
import type { BuiltLayer, Image, Platform } from '../image/index.ts';
import type { Plan } from '../plan/index.ts';

export type EngineId = 'direct' | 'buildkit' | 'docker' | 'podman';

/** What cannot be done here, and how to get it. */
export interface Lack {
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

export type Availability =
  | { readonly ok: true; readonly lacks: readonly Lack[] }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

export interface Job {
  readonly platform: Platform;
  readonly store: Store;
  readonly progress: Progress;
  /** Seconds since the epoch: creation date of the image and mtime of every entry. */
  readonly createdSeconds: number;
  /** The commit that it is built of: a label of the image. */
  readonly revision?: string;
  /** The folder that `files` shows, for content read straight from disk; absent when files are in memory. */
  readonly folder?: string;
  /** plimsoll.lock as read, if there is one. */
  readonly lock?: Lock;
  /** Fail when the lock would have to change. */
  readonly locked: boolean;
  readonly signal?: AbortSignal;
}

export interface Built {
  readonly image: Image;
  readonly layers: readonly BuiltLayer[];
  /** The lock that this build used; written when it differs from the one given. Builds of a Dockerfile use none. */
  readonly lock?: Lock;
  /** Milliseconds by step: `resolve`, `base`, `interpreter`, `dependencies`, `application`; of a Dockerfile `engine`, `image`. */
  readonly timings: Readonly<Record<string, number>>;
  /** What people should be told: an expired index used offline, a wheel without a match… */
  readonly notes: readonly string[];
}

export interface Engine {
  readonly id: EngineId;
  /** Never throws: doctor prints it. */
  available(): Promise<Availability>;
  build(plan: Plan, files: Files, job: Job): Promise<Built>;
}

/** plimsoll.lock: what a build resolved, so that the next one takes the same. */
export interface Lock {
  readonly version: 1;
  readonly debian?: DebianLock;
  /** The image that the direct engine builds on, for each platform that it was built for. */
  readonly bases?: readonly LockedBase[];
  readonly python?: PythonLock;
  /** Dependencies that come from git repositories and archives of sources, sorted by name. Absent: there are none. */
  readonly sources?: readonly LockedSource[];
  /** What builds the packages of the repository, and those: one for each set of build requirements. Absent: nothing is built. */
  readonly backends?: readonly PythonLock[];
}

export interface DebianLock {
  /** The archive was taken as of then: `snapshot` in plimsoll.yaml. */
  readonly snapshot?: string;
  readonly suites: readonly { readonly suite: string; readonly codename: string; readonly date: string }[];
  /** What was asked for, by architecture: a lock answers just these requests. Sorted. */
  readonly wanted: readonly { readonly suite: string; readonly for: string; readonly packages: readonly string[] }[];
  /** Sorted by architecture, then name. */
  readonly packages: readonly LockedPackage[];
}

/** What a reference stood for when it was first built on: later builds take the same. */
export interface LockedBase {
  /** As plimsoll.yaml or `--base` has it: another reference is not answered. */
  readonly reference: string;
  /** `linux/amd64`. */
  readonly platform: string;
  /** Of the manifest for that platform, not of an index that names it. */
  readonly digest: Digest;
  /** Of its layers, lowest first (image-spec, config.md, "DiffID"): an image that begins with them stands on it. */
  readonly diffIds: readonly Digest[];
}

/** What a URL stood for when it was first built of: later builds take the same. Exactly one of `commit` and `sha256` is there. */
export interface LockedSource {
  /** PEP 503. */
  readonly name: string;
  /** As the repository has it: another one is not answered. Without a login. */
  readonly url: string;
  /** Of a git repository: all 40 digits. */
  readonly commit?: string;
  /** Of an archive, hexadecimal. */
  readonly sha256?: string;
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Architecture this closure is for: `Architecture: all` packages appear once for each. */
  readonly for: string;
  readonly sha256: string;
  readonly size: number;
  /** Path below the mirror that has it. */
  readonly filename: string;
  readonly suite: string;
}

/** Present when the repository has no lock of its own with hashes. */
export interface PythonLock {
  /** Hash of what was resolved from (manifest text, Python version): another value means out of date. */
  readonly inputs: string;
  /** requirements.txt with hashes for all platforms, as `uv pip compile --generate-hashes --universal` writes it. */
  readonly requirements: string;
}
