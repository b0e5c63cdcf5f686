import type { Because, Progress } from '../base/index.ts';
import type { Image, ImageTree } from '../image/index.ts';
import type { LintOptions } from '../lint/index.ts';
import type { RuntimeContract } from '../plan/index.ts';
import type { Ability, Availability, Container, LogLine, RunOptions } from '../run/index.ts';
import type { Judgement, Scan } from '../scan/index.ts';
import type { Service } from '../service/index.ts';
import type { Observation } from './container/observe.ts';
import type { Profile, ProfileId } from './profiles/profile.ts';
import type { AllowedSecret } from './secrets/finding.ts';

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
  /** Absent where no Dockerfile made the image, or none is at hand. */
  readonly dockerfile?: DockerfileText;
  /** Builds the image a second time, with nothing of the first. Absent where nobody asked for that. */
  readonly rebuild?: () => Promise<Image>;
  /** What is known of its packages’ vulnerabilities, asked once. Absent where nobody asked for that. */
  readonly scanned?: () => Promise<{ readonly scan: Scan; readonly judgement: Judgement }>;
  /** The values given to the service's variables, and where each came from. */
  readonly values: readonly GivenValue[];
  readonly probes: readonly Probe[];
  /** What the image's own health check asks by GET, where no source shows routes: it is asked as long as the service lives. */
  readonly checked?: readonly { readonly path: string; readonly host?: string }[];
  /** Its port is known by the image's own check alone: it may be there for nobody else. */
  readonly isPortOfCheckAlone?: boolean;
  /** What plimsoll.yaml lets through. */
  readonly allowedSecrets?: readonly AllowedSecret[];
  /** Names of the companions that run beside it. */
  readonly companions: readonly string[];
  /** Those, what is not there, and what says so; as the proof reports it. */
  readonly beside: readonly Beside[];
  /** The image's files, all layers one over the other; read once. */
  tree(): Promise<ImageTree>;
  /** Starts a container as the proof does: read-only root, declared writable paths, values for variables, doubles; `over` changes that. */
  run<T>(use: (container: Container) => Promise<T>, over?: Partial<RunOptions>): Promise<T>;
  /** One run that several gates look at; made once. */
  trial(): Promise<Trial>;
  /** What was seen so far of the runs that a report shows. */
  seenRuns(): readonly SeenRun[];
  /** Takes down what still runs, for this reason; nothing is run any more. */
  close(why?: Error): Promise<void>;
}

/** What was seen of the service running under its memory limit: with a read-only root, and, where that went wrong, with a writable one beside it. */
export interface Trial {
  readonly readOnly: Observation;
  readonly writable?: Observation;
  /** The one that became ready; the read-only one when both or neither did. */
  readonly best: Observation;
  /** Where the memory limit killed a process: that run; the others have none. */
  readonly overLimit?: Observation;
}

export interface Budget {
  /** Bytes of all layers' tars. */
  readonly uncompressedBytes: number;
  readonly compressedBytes?: number;
  /** Content that is pulled and never seen. */
  readonly wasteBytes?: number;
  /** What a container sees and nobody needs. */
  readonly avoidableBytes?: number;
}

/** A Dockerfile as the linter takes it. */
export interface DockerfileText {
  /** As reports name it. */
  readonly path: string;
  readonly text: string;
  readonly options: LintOptions;
}

/** From the plan and the lock. */
export interface Pins {
  /** Debian packages that the lock holds by SHA-256, for the image's architecture: each as `name version`. */
  readonly debian: readonly string[];
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

/** From `probes:` in plimsoll.yaml, and `--probe`. */
export type Probe = HttpProbe | TcpProbe;

/** When a probe is made: when the service is ready, while many other requests are answered, or after them. */
export type When = 'before' | 'during' | 'after';

export interface HttpProbe {
  readonly speaks: 'http';
  readonly method: string;
  readonly path: string;
  /** Takes longer than 200 ms by nature: serves as the request in flight at SIGTERM. */
  readonly slow: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly when: When;
  /** Without a status: below 500. */
  readonly expect: Expected;
}

export interface Expected {
  readonly status?: number | undefined;
  /** What each of these headers contains. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the body contains. */
  readonly text?: string | undefined;
  /** A regular expression that the body matches. */
  readonly matches?: string | undefined;
  /** Parts of a JSON body by their path, such as `items.0.id`. */
  readonly json?: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

export interface TcpProbe {
  readonly speaks: 'tcp';
  readonly port: number;
  readonly send: string;
  /** What the answer contains. */
  readonly expect: string;
  readonly when: When;
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
  /** The target, which may change levels. */
  readonly profile?: Profile | undefined;
  readonly progress?: Progress | undefined;
  /** All gates together. Milliseconds; default half an hour. */
  readonly withinMs?: number | undefined;
}

export interface GateResult {
  readonly id: string;
  readonly required: boolean;
  /** Why, where that is the profile's doing. */
  readonly levelBy?: string;
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
  /** It stands for so many requests. */
  readonly count?: number;
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

/** What the repository names, or plimsoll.yaml, as standing beside the service; and whether it did in this proof. */
export type Beside =
  /** `says`: what of it is otherwise than where the service is at home. */
  | { readonly name: string; readonly stands: true; readonly hosts: readonly string[]; readonly says?: string; readonly because: Because }
  | { readonly name: string; readonly stands: false; readonly why: string; readonly remedy: string; readonly because: Because };

/** Values of secret variables are in none of its texts. */
export interface Proof {
  readonly digest: string;
  /** What the image was held to. */
  readonly contract: RuntimeContract;
  readonly gates: readonly GateResult[];
  readonly runs: readonly SeenRun[];
  /** Absent: nothing is named. */
  readonly beside?: readonly Beside[];
  readonly verdict: 'fit' | 'unfit' | 'unproven';
  /** The target that it was held to. */
  readonly profile?: ProfileId;
  /** Gates that were unproven and let through by `--allow-unproven`. */
  readonly allowed: readonly string[];
}
