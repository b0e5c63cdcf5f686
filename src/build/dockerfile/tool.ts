import type { Place } from '../../base/index.ts';
import type { Job } from '../types.ts';

/** What people ask of a build of their Dockerfile; each engine says which of it it cannot do. */
export interface DockerfileOptions {
  /** The stage to stop at. */
  readonly target?: string;
  /** `NAME=VALUE`, or `NAME` for a variable that is set here. */
  readonly buildArgs?: readonly string[];
  /** `id=ID,src=FILE` or `id=ID,env=NAME`, as the engine reads it. */
  readonly secrets?: readonly string[];
  /** As the engine reads it: `type=registry,ref=NAME` for BuildKit, a repository for Podman. */
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: readonly string[];
  /** How much is said of how the image was made (SLSA provenance). */
  readonly provenance?: 'min' | 'max';
  /** Whether what is in the image is listed (SPDX), by this image of BuildKit's SBOM protocol or by BuildKit's own. */
  readonly sbom?: true | { readonly generator: string };
  /** The network of RUN. */
  readonly network?: 'default' | 'host' | 'none';
  /** Where buildkitd listens; default: BUILDKIT_HOST, then its own default. */
  readonly address?: string;
  /** Milliseconds until a build that hangs is taken down. */
  readonly timeoutMs?: number;
  /** Each line that the engine says, as it comes. */
  readonly say: (line: string) => void;
}

/** One build, as a tool is asked for it. */
export interface Request extends Omit<DockerfileOptions, 'say' | 'timeoutMs'> {
  /** The folder of the repository; its Dockerfile lies in it. */
  readonly context: string;
  readonly dockerfile: string;
  readonly platform: Job['platform'];
  readonly createdSeconds: number;
  /** An empty folder for what the tool leaves. */
  readonly scratch: string;
}

export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that builds Dockerfiles, as data: what to run, and where the image is then. */
export interface Tool {
  readonly id: 'buildkit' | 'docker' | 'podman';
  /** Asks the program, and what it talks to, whether they are there and build; in this order. */
  readonly probe: (address?: string) => readonly [Command, ...Command[]];
  readonly howToGet: string;
  /** Options that it does not have, of those in a request. */
  readonly lacks: readonly (keyof DockerfileOptions)[];
  readonly build: (request: Request) => Command;
  /** Brings the image into `scratch`, where `build` left it somewhere else; `said` is what `build` wrote to its id file. */
  readonly save?: (request: Request, imageId: string) => Command;
  /** The image, as `openImage` reads it. */
  readonly image: (request: Request) => string;
}

/** What is known of a build that failed. */
export interface Failure {
  /** The instruction that failed. */
  readonly at?: Place;
  /** The last that it said. */
  readonly output: readonly string[];
  /** The engine's own last word. */
  readonly reason: string;
}
