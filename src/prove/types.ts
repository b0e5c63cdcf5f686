import type { Because, Progress } from '../base/index.ts';
import type { Image, ImageTree } from '../image/index.ts';
import type { RuntimeContract } from '../plan/index.ts';
import type { Ability, Availability, Container, LogLine, RunOptions } from '../run/index.ts';
import type { Service } from '../service/index.ts';
import type { Observation } from './container/observe.ts';

export interface Quantity {
  readonly value: number;
  readonly unit: 'ms' | 'bytes' | 'count' | 'exit';
  /** For people: `0.84 s`, `58.7 MB`. */
  readonly text: string;
}

/** What a gate found. */
export type Outcome =
  | { readonly outcome: 'passed'; readonly measured?: Quantity; readonly why?: string; readonly evidence: Because }
  | { readonly outcome: 'failed'; readonly measured?: Quantity; readonly why: string; readonly fix: string; readonly evidence: Because }
  /** Cannot apply to this service. */
  | { readonly outcome: 'skipped'; readonly why: string }
  /** Could not be measured on this machine. */
  | { readonly outcome: 'unproven'; readonly why: string; readonly remedy: string };

export type Level = 'required' | 'advised';

/** One promise and how it is measured. One file each in gates/. */
export interface Gate {
  readonly id: string;
  readonly level: Level;
  readonly promise: string;
  readonly why: string;
  readonly source: string;
  /** A lack becomes `unproven` in the proof runner, not here. Static gates need nothing. */
  readonly needs: readonly (Ability | 'runner')[];
  /** It measures time: no other container of the proof runs meanwhile. */
  readonly alone?: true;
  readonly limit?: (subject: Subject) => Quantity | undefined;
  measure(subject: Subject): Promise<Outcome>;
}

/** What is judged. `subjectOf` makes one. */
export interface Subject {
  readonly image: Image;
  readonly contract: RuntimeContract;
  /** Absent when only an image is at hand. */
  readonly service?: Service;
  readonly budget: Budget;
  /** How the image's content was pinned; absent when only an image is at hand. */
  readonly pins?: Pins;
  /** The values given to the service's variables, and where each came from. */
  readonly values: readonly GivenValue[];
  readonly probes: readonly Probe[];
  /** The image's files, all layers one over the other; read once. */
  tree(): Promise<ImageTree>;
  /** Starts a container as the proof does: read-only root, declared writable paths, values for variables, doubles; `over` changes that. */
  run<T>(use: (container: Container) => Promise<T>, over?: Partial<RunOptions>): Promise<T>;
  /** One run that several gates look at; made once. */
  trial(): Promise<Trial>;
  /** What was seen so far of the runs that a report shows. */
  seenRuns(): readonly SeenRun[];
}

/** What was seen of the service running: with a read-only root, and, where that went wrong, with a writable one beside it. */
export interface Trial {
  readonly readOnly: Observation;
  readonly writable?: Observation;
  /** The one that became ready; the read-only one when both or neither did. */
  readonly best: Observation;
}

export interface Budget {
  /** Bytes of all layers' tars. */
  readonly uncompressedBytes: number;
  readonly compressedBytes?: number;
}

/** From the plan and the lock. */
export interface Pins {
  /** Debian packages that the lock holds by version and SHA-256, for the image's architecture. */
  readonly debian: number;
  /** Python distributions that a lock holds by version and hash. */
  readonly python: number;
  /** The image that it is built on, where that is one, as the lock holds it: diff ids of its layers, lowest first. */
  readonly base?: { readonly name: string; readonly diffIds: readonly string[] };
  /** What is not pinned, each as people read it: `python:3.12-slim has no digest`, `.gitignore:3 leaves plimsoll.lock out`. */
  readonly unpinned: readonly string[];
}

export interface GivenValue {
  readonly name: string;
  readonly value: string;
  readonly from: 'flag' | 'env-file' | 'config' | 'companion' | 'example' | 'dummy';
}

/** From `probes:` in plimsoll.yaml. */
export interface Probe {
  readonly method: string;
  readonly path: string;
  readonly status?: number;
  /** Takes longer than 200 ms by nature: serves as the request in flight at SIGTERM. */
  readonly slow: boolean;
  readonly body?: string;
}

/** From `prove.doubles` in plimsoll.yaml: a stand-in for a service outside. */
export interface Double {
  /** As written in plimsoll.yaml. */
  readonly file: string;
  readonly port: number;
  /** The script's text. */
  readonly text: string;
}

export interface ProveOptions {
  /** Of the runner that the subject runs in; absent when there is none. */
  readonly availability: Availability;
  /** Ids of the gates to measure; default all. */
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  /** Required gates that may stay unproven. */
  readonly allowUnproven?: readonly string[] | undefined;
  /** Levels that a profile changes. */
  readonly levels?: Readonly<Record<string, Level>> | undefined;
  readonly progress?: Progress | undefined;
}

export interface GateResult {
  readonly id: string;
  readonly required: boolean;
  readonly promise: string;
  readonly outcome: Outcome;
  readonly limit?: Quantity;
  /** A run that several gates look at is on the account of the first that asked for it. */
  readonly tookMs: number;
}

/** Something that happened in a run. Milliseconds since its start; `fromMs` is `atMs` where it took no time. */
export interface Moment {
  readonly what: 'ready' | 'not ready' | 'healthy' | 'unhealthy' | 'request' | 'signal' | 'exit' | 'still running';
  readonly fromMs: number;
  readonly atMs: number;
  /** For people: `GET /health 200`, `SIGTERM`, `exit 0`. */
  readonly says: string;
}

/** The beginning and the end of what a run printed; `leftOut` lines were between them. */
export interface LogExcerpt {
  readonly lines: readonly LogLine[];
  readonly leftOut: number;
}

/** A run of the proof, as reports show it: one in which the service was asked, one in which it was told to stop. */
export interface SeenRun {
  readonly purpose: 'answers' | 'stop';
  readonly readOnlyRoot: boolean;
  /** By time. */
  readonly moments: readonly Moment[];
  readonly log: LogExcerpt;
}

/** Values of secret variables are in none of its texts. */
export interface Proof {
  readonly digest: string;
  readonly gates: readonly GateResult[];
  readonly runs: readonly SeenRun[];
  readonly verdict: 'fit' | 'unfit' | 'unproven';
  /** Gates that were unproven and let through by `--allow-unproven`. */
  readonly allowed: readonly string[];
}
