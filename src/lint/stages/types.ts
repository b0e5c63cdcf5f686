import type { Instruction } from '../../dockerfile/index.ts';
import type { Script } from '../script/index.ts';

/** The image that a stage starts from, as far as its name tells. */
export interface Base {
  /** As BuildKit reads it, variables put in. */
  readonly reference: string;
  /** Without Docker Hub's `docker.io/library/`, tag and digest: `python`, `gcr.io/distroless/base`. */
  readonly name: string;
  /** `3.12-slim`; undefined where none is written. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** False where only a build argument will tell. */
  readonly isKnown: boolean;
}

/** One instruction of a stage. */
export interface StageStep {
  readonly instruction: Instruction;
  /** What SHELL says where it stands; undefined: the base's own. */
  readonly shell: readonly string[] | undefined;
  /** The user it runs as; undefined: the base's own. Variables are put in where they are known. */
  readonly user: string | undefined;
  /** The folder it works in, an absolute path; undefined: the base's own, or one that only a build argument tells. */
  readonly workdir: string | undefined;
  /** A text with the values of ENV and ARG put in where they are known. */
  readonly expanded: (text: string) => string;
  /** Programs that RUN, CMD, ENTRYPOINT and HEALTHCHECK call; read when it is first asked for. */
  readonly script: Script;
  readonly mounts: readonly StageMount[];
}

/** `RUN --mount=…`. */
export interface StageMount {
  readonly type: string;
  readonly from: string;
  readonly source: string;
  readonly target: string;
}

/** A stage of a Dockerfile. */
export interface Stage {
  /** From 0. */
  readonly index: number;
  readonly from: Instruction;
  /** In lower case. */
  readonly name: string | undefined;
  /** The image that the stage, or the first of the stages it is built on, starts from. */
  readonly base: Base;
  /** The stage that FROM names. */
  readonly parent: Stage | undefined;
  /** Without FROM and without what its parents hold. */
  readonly steps: readonly StageStep[];
  /** Stages and images that COPY --from, and mounts, take something from. */
  readonly sources: readonly (Stage | string)[];
  readonly isLast: boolean;
  /** Its files are in the image that `docker build` makes without `--target`: it is the last stage, or the last is built on it. */
  readonly isInImage: boolean;
  /** The last stage needs it. Others may be targets. */
  readonly isNeeded: boolean;
}
