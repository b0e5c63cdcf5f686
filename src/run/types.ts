import type { Store } from '../base/node.ts';
import type { Image } from '../image/index.ts';

export type RunnerId = 'embedded' | 'docker' | 'podman';

/** What a gate may need and a runner may lack. */
export type Ability =
  /** Files keep their owners, and the kernel enforces them. Lacking with a single mapped id. */
  | 'owners'
  /** A memory limit that the kernel enforces. */
  | 'memory-limit'
  /** What a program may ask the kernel for is limited as in Docker. */
  | 'system-call-filter'
  | 'signals'
  | 'network';

export interface Lack {
  readonly ability: Ability;
  readonly why: string;
  readonly remedy: string;
}

export type Availability =
  | { readonly ok: true; readonly lacks: readonly Lack[] }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

/** How one container is to be run. Everything not said here comes from the image's config. */
export interface RunOptions {
  /** Added to, and over, the image's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly readOnlyRoot: boolean;
  /**
   * Absolute paths that are writable under a read-only root: a tmpfs owned by the user, each. One that is a volume of the
   * image (`config.Volumes`) begins with what the image has there and with its owners; with another user than the image's
   * it is all that user's, as Kubernetes' `fsGroup` has it.
   */
  readonly writablePaths: readonly string[];
  /** Overrides the image's user. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Overrides entrypoint and command together; `idle`: a program of ours that does nothing, which no image need have. */
  readonly argv?: readonly string[] | 'idle';
  /** Bytes. */
  readonly memoryBytes?: number;
  /** Host ports published to the container: host port → container port. `run` uses it, the proof never does. */
  readonly publish?: readonly { readonly host: number; readonly container: number }[];
  /** Programs of this machine that run beside the service, in its network, and listen before it starts. */
  readonly companions?: readonly CompanionProgram[];
  /** Names of companions, which the container finds at its loopback. */
  readonly hosts?: readonly string[];
  /** Follows the log as it comes. */
  readonly onLog?: (line: LogLine) => void;
  readonly signal?: AbortSignal;
}

/** A program that the service talks to. */
export interface CompanionProgram {
  /** `redis`. */
  readonly name: string;
  /** The program's name, found on the PATH, and its arguments. It stays in the foreground. */
  readonly argv: readonly string[];
  readonly port: number;
  /** Where its programs are looked for before the PATH; in place of `*` stands a version, the newest first. */
  readonly folders?: readonly string[];
  /** Programs that run to their end first, in its folder. */
  readonly before?: readonly (readonly string[])[];
  /** Requests that it must grant once it listens. */
  readonly asked?: readonly { readonly method: string; readonly path: string }[];
  /** Folders of the host that it needs besides its programs and the system's. */
  readonly reads?: readonly string[];
  /** How to get the program, for who has it not. */
  readonly install: string;
}

export interface Runner {
  readonly id: RunnerId;
  /** Never throws: doctor prints it. */
  available(): Promise<Availability>;
  /**
   * Starts the image's entrypoint as PID 1, gives the container to `use`, and takes everything down when `use` ends,
   * however it ends. A callback, not a handle: nobody forgets to stop the container.
   */
  run<T>(image: Image, options: RunOptions, use: (container: Container) => Promise<T>): Promise<T>;
  /** Removes what was made for all of its runs, such as images that were loaded. */
  close(): Promise<void>;
}

/** Makes a runner; unpacked layers are kept in the store. */
export type RunnerOf = (store: Store) => Runner;

/** A running container. All times are milliseconds since `exec` of the entrypoint, monotonic. */
export interface Container {
  /** Milliseconds since start. */
  now(): number;
  /**
   * Polls until something listens on `port` and, with `path`, answers HTTP below 400. Resolves with the time, or with
   * why not: `exited`, `not listening`, or the last answer. With `others`: on `port` or one of them, and a second after
   * the last that came.
   */
  waitReady(want: ReadyWhen, withinMs: number): Promise<Readiness>;
  /** One HTTP/1.1 request from inside the container's network namespace to 127.0.0.1. Never throws. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** One exchange of text over TCP with 127.0.0.1, as a client of a protocol that is not HTTP. Never throws. */
  exchange(exchange: Exchange): Promise<Exchanged>;
  /** Begins a request and hands control back while it is unanswered: for requests in flight at a signal. */
  begin(request: HttpRequest): Promise<PendingRequest>;
  /** Runs a program in the container's namespaces as its user, with its environment; the health check. Where PID 1 has ended it has no code. */
  exec(argv: readonly string[], timeoutMs: number): Promise<ExecEnd>;
  /** Sends a signal to the container's PID 1. */
  kill(signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGHUP'): Promise<void>;
  /** Waits for PID 1 to end, at most so long; undefined when it still runs. */
  exited(withinMs: number): Promise<Exit | undefined>;
  /** All lines so far, both streams, in order of arrival. Bounded: the first and the last 5,000 lines are kept. */
  logs(): readonly LogLine[];
  /** The first line, now or within so long, that matches. */
  waitForLog(match: (line: LogLine) => boolean, withinMs: number): Promise<LogLine | undefined>;
  /** Listening TCP sockets, read from the network namespace. */
  listening(): Promise<readonly Listener[]>;
  /** What differs from the image: files written, made or removed under the root and in the writable paths. */
  changes(): Promise<readonly ChangedPath[]>;
  /** Where this process can read a path that `changes` names under a writable root, as long as the container is there. */
  written(path: string): string;
  memory(): Promise<Memory>;
  /** Processes that come from PID 1, itself first, zombies among them; what `exec` started is not. */
  processes(): Promise<readonly ContainerProcess[]>;
  /** Stops all of them with SIGSTOP, of which no program is told: seen from outside it hangs. */
  freeze(): Promise<void>;
  /** Stops one of `processes()` alone with SIGSTOP. */
  pause(pid: number): Promise<void>;
  /** From now on something answers each HTTP request on this port with this status: where the service itself does not run. */
  answerAll(port: number, status: number): Promise<void>;
  /** One of the companions that run beside it. Throws RangeError for another name. */
  companion(name: string): CompanionHandle;
}

export interface ContainerProcess {
  /** As the container numbers it. */
  readonly pid: number;
  readonly parent: number;
  readonly state: 'alive' | 'stopped' | 'zombie';
  /** The program's own name for itself, at most 15 bytes: proc_pid_comm(5). */
  readonly name: string;
  /** Effective, permitted, inheritable and ambient capabilities taken together, as capabilities(7) numbers them. */
  readonly capabilities: bigint;
  /** What it might still gain: PR_SET_NO_NEW_PRIVS is not set, and this is not empty. */
  readonly bounding: bigint;
  readonly noNewPrivileges: boolean;
  /** Signals that it has a handler for: bit N - 1 is signal N, proc_pid_status(5), `SigCgt`. */
  readonly handles: bigint;
}

/** Each is done when it resolves. Its data stay. */
export interface CompanionHandle {
  /** From then on nothing listens at its address. */
  stop(): Promise<void>;
  /** Throws EnvironmentError when it does not come back. */
  start(): Promise<void>;
}

export interface ReadyWhen {
  readonly port: number;
  readonly others?: readonly number[];
  readonly path?: string;
}

export type Readiness =
  /** `unheard`: on which of several ports nothing listens. */
  | { readonly ready: true; readonly afterMs: number; readonly unheard?: readonly number[] }
  | { readonly ready: false; readonly why: string; readonly afterMs: number; readonly exit?: Exit };

export interface HttpRequest {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Send only so many bytes of the body at first (`begin`); the rest with `finish`. */
  readonly firstBytes?: number;
  /** Default 5,000. */
  readonly timeoutMs?: number;
}

export interface Exchange {
  readonly port: number;
  readonly send: string;
  /** Read until this has come. */
  readonly until: string;
  readonly timeoutMs: number;
}

export interface Exchanged {
  /** What came, up to the end of `until` or of the connection. */
  readonly text: string;
  /** Why no more came: `refused`, `closed`, `timed out`. Absent: all that was waited for is there. */
  readonly why?: string;
}

export type HttpAnswer =
  | {
      readonly answered: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly afterMs: number;
    }
  /** Refused, reset, closed half-way or timed out. `partial`: something of an answer had come. */
  | { readonly answered: false; readonly why: string; readonly partial: boolean; readonly afterMs: number };

export interface PendingRequest {
  /** True while nothing of an answer has come. */
  unanswered(): Promise<boolean>;
  /** Sends what is left of the body and waits for the whole answer. */
  finish(): Promise<HttpAnswer>;
}

export interface ExecEnd {
  readonly code: number | null;
  readonly output: string;
  readonly timedOut: boolean;
  readonly afterMs: number;
}

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly atMs: number;
}

export interface LogLine {
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface Listener {
  readonly address: string;
  readonly port: number;
}

export interface ChangedPath {
  /** Absolute, inside the container. */
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'removed';
  readonly type: 'file' | 'directory' | 'other';
}

export type Memory =
  /** The kernel's own account, of file cache too, which it gives back when room is needed. */
  | {
      readonly how: 'cgroup';
      readonly peakBytes: number;
      /** Now, without the file cache that nothing uses: what Kubernetes calls the working set. */
      readonly inUseBytes: number;
      /** Processes that were killed because the limit was reached. */
      readonly oomKills: number;
    }
  /** PSS read now and then, a lower bound. */
  | { readonly how: 'sampled'; readonly peakBytes: number };
