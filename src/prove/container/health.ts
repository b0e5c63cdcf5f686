import { setTimeout as sleep } from 'node:timers/promises';
import type { Image } from '../../image/index.ts';
import type { RuntimeContract } from '../../plan/index.ts';
import type { Container, ExecEnd } from '../../run/index.ts';

/** A health check that a container can run. */
export interface Check {
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  readonly retries: number;
}

/** Docker's defaults: Dockerfile reference, "HEALTHCHECK". */
const DEFAULTS = { timeoutMs: 30_000, retries: 3 };
/** In place of the interval: the proof does not wait 30 s for what can be asked now. */
const POLL_MS = 200;

/** The check that stands in the image, else the contract's: Podman and some registries drop the image's. */
export async function checkOf(image: Image, contract: RuntimeContract): Promise<Check | undefined> {
  const { config = {} } = await image.config();
  const written = config.Healthcheck;
  const [form, ...words] = written?.Test ?? [];
  if (written && form !== undefined) {
    // As Docker has it: `NONE`, and a form that it does not know, are no check.
    if (form !== 'CMD' && form !== 'CMD-SHELL') return undefined;
    const argv = form === 'CMD-SHELL' ? [...(config.Shell ?? ['/bin/sh', '-c']), ...words] : words;
    return { argv, timeoutMs: written.Timeout ? written.Timeout / 1e6 : DEFAULTS.timeoutMs, retries: written.Retries || DEFAULTS.retries };
  }
  const { healthCheck } = contract;
  return healthCheck && healthCheck.test.length > 0
    ? { argv: healthCheck.test, timeoutMs: healthCheck.timeoutMs, retries: healthCheck.retries }
    : undefined;
}

export interface HealthSeen {
  readonly healthy: boolean;
  readonly attempts: number;
  /** Of the last attempt. */
  readonly end: ExecEnd;
}

/**
 * Runs a check as Docker does, with the interval shortened: healthy at the first exit 0, unhealthy after `retries`
 * others in a row, of which those until `sinceMs` do not count: a service that listens may still be warming up.
 */
export async function checkHealth(container: Pick<Container, 'exec' | 'now' | 'exited'>, check: Check, sinceMs = 0): Promise<HealthSeen> {
  for (let attempts = 1, counted = 1; ; attempts += 1) {
    const isCounted = container.now() >= sinceMs;
    const end = await container.exec(check.argv, check.timeoutMs);
    const isOver = (isCounted && counted >= check.retries) || (await container.exited(0)) !== undefined;
    if (end.code === 0 || isOver) return { healthy: end.code === 0, attempts, end };
    if (isCounted) counted += 1;
    await sleep(POLL_MS);
  }
}

/** A failure that took so long may be the machine's, too busy for the check's own patience. */
const SLOW_MS = 1000;

/** Asks a check that is to fail. What failed slowly is asked again, until it has failed `retries` times in a row, as Docker counts. */
export async function askToFail(container: Pick<Container, 'exec'>, check: Check): Promise<ExecEnd> {
  for (let attempts = 1; ; attempts += 1) {
    const end = await container.exec(check.argv, check.timeoutMs);
    if (end.code === 0 || end.afterMs < SLOW_MS || attempts >= check.retries) return end;
  }
}
