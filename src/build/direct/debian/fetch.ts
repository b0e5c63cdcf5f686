import { setTimeout as sleep } from 'node:timers/promises';
import { EnvironmentError, errorCode, messageOf } from '../../../base/index.ts';

export interface FetchOptions {
  /** The body may not be longer. Bytes. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of each part as it comes; with a negative number when an attempt has failed. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Asks caches on the way to look at the source again. */
  readonly fresh?: boolean | undefined;
  /** Milliseconds before the second attempt, doubled for each next. Default 300. */
  readonly backOffMs?: number | undefined;
}

export type Fetched =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `missing`: there is no such file. `unreachable`: no whole answer could be had. `refused`: an answer that will not change. */
  | { readonly ok: false; readonly why: 'missing' | 'unreachable' | 'refused'; readonly error: EnvironmentError };

/** Nothing came for this long: the connection is given up. */
const stallMs = 30_000;
const attempts = 4;

/**
 * The body of `url`, with retries on what may pass: connection errors, cut bodies, 408, 429, 5xx.
 * Throws only when `signal` aborts. TLS follows Node's own settings (NODE_EXTRA_CA_CERTS).
 */
export async function fetchBytes(url: string, options: FetchOptions): Promise<Fetched> {
  for (let attempt = 1; ; attempt += 1) {
    const got = await fetchOnce(url, options);
    options.signal?.throwIfAborted();
    if (got.ok || got.why !== 'unreachable' || attempt === attempts || isOffline(got.error)) return got;
    await sleep((options.backOffMs ?? 300) * 2 ** (attempt - 1), undefined, options.signal ? { signal: options.signal } : {});
  }
}

async function fetchOnce(url: string, options: FetchOptions): Promise<Fetched> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs);
  let received = 0;
  const count = (bytes: number): void => {
    timer.refresh();
    received += bytes;
    options.onBytes?.(bytes);
  };
  try {
    const signal = options.signal ? AbortSignal.any([options.signal, stalled.signal]) : stalled.signal;
    const got = await bodyOf(
      await fetch(url, { signal, headers: options.fresh === true ? { 'cache-control': 'no-cache' } : {} }),
      url,
      options.maxBytes,
      count,
    );
    if (!got.ok) options.onBytes?.(-received);
    return got;
  } catch (error) {
    options.onBytes?.(-received);
    return unreachable(url, error);
  } finally {
    clearTimeout(timer);
  }
}

async function bodyOf(response: Response, url: string, maxBytes: number, count: (bytes: number) => void): Promise<Fetched> {
  if (!response.ok) {
    await response.body?.cancel();
    return answered(url, response.status);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    count(chunk.length);
    size += chunk.length;
    if (size > maxBytes) return failure('refused', `${url} is longer than the ${maxBytes} bytes it may have`, 'use another mirror');
    chunks.push(chunk);
  }
  return { ok: true, bytes: Buffer.concat(chunks, size) };
}

function answered(url: string, status: number): Fetched {
  if (status === 404 || status === 410)
    return failure('missing', `${url} is not there (HTTP ${status})`, 'the mirror does not have this file: use another one');
  if (status === 408 || status === 429 || status >= 500)
    return failure('unreachable', `${url} answers HTTP ${status}`, 'try again later, or use another mirror');
  return failure('refused', `${url} answers HTTP ${status}`, 'check the address of the mirror');
}

function unreachable(url: string, error: unknown): Fetched {
  const cause = causeOf(error);
  return failure(
    'unreachable',
    `${url} cannot be fetched (${errorCode(cause) ?? messageOf(cause)})`,
    'check the network, or use another mirror',
    error,
  );
}

function failure(why: 'missing' | 'unreachable' | 'refused', what: string, hint: string, cause?: unknown): Fetched {
  return { ok: false, why, error: new EnvironmentError(what, hint, why === 'unreachable' ? 'transient' : 'permanent', { cause }) };
}

/** What lies under `fetch failed` and `terminated`. */
const causeOf = (error: unknown): unknown => (error instanceof Error && error.cause !== undefined ? error.cause : error);

/** Nothing listens, no route, no such name: waiting a second does not help, and being offline should be told at once. */
function isOffline(error: EnvironmentError): boolean {
  const code = errorCode(causeOf(error.cause));
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ENETUNREACH' || code === 'EHOSTUNREACH';
}
