import type { Because } from '../base/index.ts';
import type { DependencySets, DependencySource, LocalPackage, Service } from '../service/index.ts';

/** One question that the design answers. Plain JSON. */
export interface Decision {
  /** File name, documentation page: `base`, `server`, `pid1`… */
  readonly id: string;
  readonly question: string;
  /** The name of the choice: `bookworm`, `uvicorn`, `tini`. */
  readonly choice: string;
  /** The choice in one line for people, with the figures that matter. */
  readonly says: string;
  readonly because: Because;
  readonly alternatives: readonly { readonly choice: string; readonly tradeOff: string }[];
  readonly decidedBy: 'detected' | 'config' | 'flag' | 'answer' | 'default';
}

/** Service + Decisions + contract + recipe: plain JSON, no engine in it. */
export interface Plan {
  readonly service: Service;
  readonly decisions: readonly Decision[];
  readonly contract: RuntimeContract;
  readonly recipe: Recipe;
  readonly dockerfile: DockerfileRecipe;
  /** What is written beside the Dockerfile, where plimsoll.yaml names it. */
  readonly files?: FilesBeside;
}

/** What the written Dockerfile does in its own way. No input of the direct engine: its images stay as they are. */
export interface DockerfileRecipe {
  readonly base: DockerfileBase;
  /** `single`: for development only. */
  readonly stages: 'multi' | 'single';
  readonly install: 'venv' | 'wheels';
  readonly healthCheck: 'python' | 'curl' | 'none';
  /** Packages may be compiled from source; else wheels alone are installed. */
  readonly compiles: boolean;
  /** Headers of libraries that packages are compiled against, by the names of its family: for the first stage, beside its compilers. */
  readonly headers: readonly string[];
  /** Packages of the image, by the names of its family; those with a reason were found to be needed. */
  readonly packages: readonly ImagePackage[];
  /** Of the first stage, as its package manager takes them: `gcc=4:12.2.0-3`. Empty where the family's own serve. */
  readonly buildPackages: readonly string[];
}

export interface ImagePackage {
  readonly name: string;
  readonly why?: string;
}

export interface DockerfileBase {
  /** As FROM names it. */
  readonly reference: string;
  /** Decides the package manager, and how users are made. */
  readonly family: 'debian' | 'alpine' | 'amazonlinux';
  /** The Debian release: versions of its packages are pinned. */
  readonly suite?: 'bookworm' | 'trixie';
  /** `3.12`: may be another than the direct engine's. */
  readonly python: string;
  /** The image brings it; else the package manager does. */
  readonly hasPython: boolean;
}

export type FileKind = 'compose' | 'env' | 'kubernetes' | 'ecs' | 'bake' | 'workflow' | 'makefile';

export interface FilesBeside {
  readonly kinds: readonly FileKind[];
  /** Of the service and its image. */
  readonly name: string;
  /** The list of variables: `.env.example`. */
  readonly envFile: string;
}

/** What the image promises at run time. */
export interface RuntimeContract {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly user: ContractUser;
  readonly environment: readonly ContractVariable[];
  readonly ports: readonly ContractPort[];
  readonly writablePaths: readonly WritablePath[];
  /** It ends with 0 when it is done. Absent: it runs until it is stopped. */
  readonly lifetime?: 'job';
  readonly stop: { readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT'; readonly graceMs: number };
  /** Until it listens (and its health endpoint, if any, answers below 400). */
  readonly readyWithinMs: number;
  readonly healthCheck?: HealthCheck;
  readonly limits: { readonly memoryBytes?: number; readonly cpus?: number };
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContractUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  /** In passwd; absent: `/usr/sbin/nologin`. */
  readonly shell?: string;
}

export interface ContractVariable {
  readonly name: string;
  /** Baked into the image's config. */
  readonly value?: string;
  /** The application's own default, in its source. */
  readonly default?: string;
  /** The service must not start without it. */
  readonly required: boolean;
  readonly secret: boolean;
  readonly type?: 'integer' | 'boolean' | 'number' | 'url' | 'string';
  readonly because: Because;
}

export interface ContractPort {
  readonly port: number;
  readonly protocol: 'tcp';
  /** `http`: answers HTTP; `tcp`: anything else. */
  readonly speaks: 'http' | 'tcp';
}

export interface WritablePath {
  readonly path: string;
  /** `tmpfs`: scratch, lost at stop; `volume`: kept. */
  readonly kind: 'tmpfs' | 'volume';
  readonly because: Because;
}

export interface HealthCheck {
  /** Exec form, without Docker's leading `CMD`. Empty: no program in the image asks, an orchestrator does. */
  readonly test: readonly string[];
  /** What it asks, when it is HTTP: `/health`. */
  readonly path?: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly startPeriodMs: number;
  readonly retries: number;
}

/** What an engine needs to make the image, without naming any engine. Everything in it is an input of the digest. */
export interface Recipe {
  readonly base: Base;
  readonly python: {
    /** `3.11`: the interpreter's minor version. */
    readonly version: string;
  };
  /** Absent: the service has no third-party dependency. */
  readonly dependencies?: DependencySource;
  /** Extras and groups to install beside the main dependencies. Absent: none. */
  readonly sets?: DependencySets;
  /** Constraint files, for a resolution. Absent: none, or a lock says it all. */
  readonly constraints?: readonly string[];
  /** Packages of the repository, built by their own back ends and installed whole. Absent: none. */
  readonly local?: readonly LocalPackage[];
  /** The service's own package, installed while its code stays where it lies. Absent: it is not installed. */
  readonly own?: LocalPackage;
  /** Requirements that the plan adds to those of the repository: a production server. */
  readonly added: readonly string[];
  /** Byte code compiled into the image: of the dependencies, or none. */
  readonly bytecode: 'dependencies' | 'none';
  /** Take debug and symbol sections out of ELF files. */
  readonly stripDebug: boolean;
  /** Debian packages beside the interpreter's own closure, such as `tini`. */
  readonly packages: readonly string[];
  /** `ctypes.util.find_library` is asked: ldconfig and its cache belong into the image. */
  readonly findsLibraries?: true;
  /** Where the application's files go. */
  readonly root: string;
  /** .dockerignore patterns applied after the repository's own file. */
  readonly ignore: readonly string[];
  /** Commands of the application that run while the image is made; what they write is part of it. Absent: none. */
  readonly steps?: readonly BuildStep[];
  /** Paths of .po files, relative to the repository, that get their .mo beside them. Absent: none. */
  readonly translations?: readonly string[];
  /** Directories to create, owned by the contract's user. */
  readonly directories: readonly string[];
}

export interface BuildStep {
  readonly argv: readonly string[];
  /** For this command alone: dummies for what the service requires, and what plimsoll.yaml gives. Sorted by name. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute paths: what it writes elsewhere is scratch. */
  readonly writes: readonly string[];
}

export type Base =
  /** `snapshot`: as the archive was then, `2026-11-30`. */
  | { readonly kind: 'debian'; readonly suite: 'bookworm' | 'trixie'; readonly snapshot?: string }
  /** An image, as FROM names it, or `oci:DIR`. `python`: plimsoll.yaml asks for this minor version; which one it has, its files tell. */
  | { readonly kind: 'registry'; readonly reference: string; readonly python?: string };
