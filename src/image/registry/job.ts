import type { Progress } from '../../base/index.ts';
import type { Store } from '../../base/node.ts';

/** What talking to registries needs. */
export interface RegistryJob {
  /** Blobs that were pulled lie here. */
  readonly store: Store;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where logins, mirrors and plain-http registries are named; default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly patience?: Partial<Patience>;
}

export interface Patience {
  /** Tries of one request, when what failed may pass. */
  readonly attempts: number;
  /** Milliseconds before the second try, doubled for each next. */
  readonly backOffMs: number;
  /** Milliseconds without a byte until a connection is given up. */
  readonly stallMs: number;
  /** Milliseconds that a registry has to answer when all was sent: it may hash a large blob first. */
  readonly answerMs: number;
  /** Milliseconds for a credential helper: it may wait for a key ring to be unlocked. */
  readonly helperMs: number;
}

const PATIENCE: Patience = { attempts: 5, backOffMs: 300, stallMs: 30_000, answerMs: 300_000, helperMs: 30_000 };

export const patienceOf = (job: RegistryJob): Patience => ({ ...PATIENCE, ...job.patience });

/** Requests at once to one registry: what browsers allow themselves for one host. */
export const AT_ONCE = 6;
