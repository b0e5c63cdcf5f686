import { EnvironmentError, errorCode, messageOf } from '../../base/index.ts';
import { causeOf } from './errors.ts';

/** One request, without what it needs from the registry's side (logins, retries). */
export interface Ask {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes to the host of `url` only. */
  readonly authorization?: string | undefined;
  /** A stream is made anew for each try; `sizeBytes` are in it. */
  readonly body?: { readonly sizeBytes: number; readonly bytes: () => AsyncIterable<Uint8Array> } | undefined;
}

export interface Limits {
  readonly stallMs: number;
  readonly answerMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer of whatever status. Its body is read to the end or dropped. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Where it came from in the end, after redirects. */
  readonly url: URL;
  /** Throws EnvironmentError when it breaks off or nothing comes any more. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  readonly drop: () => Promise<void>;
}

/** As many as fetch's standard would follow 20; registries need one, to where their blobs lie. */
const REDIRECTS = 5;

/** Asks, and follows redirects of GET and HEAD. Throws EnvironmentError when no answer comes; the reason of `signal` when that ended it. */
export async function ask(first: Ask, limits: Limits): Promise<Answer> {
  let now = first;
  for (let i = 0; ; i += 1) {
    const answer = await once(now, limits);
    const location = answer.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === null) return answer;
    await answer.drop();
    if (i === REDIRECTS || (now.method !== 'GET' && now.method !== 'HEAD'))
      throw new EnvironmentError(
        `${shown(first.url)} ${i === REDIRECTS ? `redirects more than ${REDIRECTS} times` : `redirects a ${now.method}`}`,
        'the registry, a mirror or a proxy before it is set up wrongly: ask whoever runs it',
      );
    now = redirected(now, location);
  }
}

function redirected(from: Ask, location: string): Ask {
  const url = resolved(location, from.url);
  // A login is for the host that asked for it: RFC 9110, section 15.4.
  const { authorization, ...rest } = from;
  return url.origin === from.url.origin ? { ...rest, authorization, url } : { ...rest, url };
}

/** An address that a registry names, against the one that named it. Throws EnvironmentError for one that leaves TLS, holds a password or is none. */
export function resolved(location: string, base: URL): URL {
  const url = URL.canParse(location, base.href) ? new URL(location, base.href) : undefined;
  const holdsLogin = url !== undefined && url.username + url.password !== '';
  if (!holdsLogin && (url?.protocol === 'https:' || (url?.protocol === 'http:' && base.protocol === 'http:'))) return url;
  throw new EnvironmentError(
    `${shown(base)} leads to ${url ? `${url.protocol}//${url.host}, ${holdsLogin ? 'with a login in it' : 'away from TLS'}` : 'what is no address'}`,
    'the registry, a mirror or a proxy before it is set up wrongly: ask whoever runs it',
  );
}

/** Without query and user: signatures of storage services are in there. */
export const shown = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;

async function once({ method, url, headers, authorization, body }: Ask, limits: Limits): Promise<Answer> {
  const watch = stopwatch(limits);
  try {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: watch.signal,
      // Blobs are what they are: a proxy that compresses them anew would change their bytes.
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'plimsoll',
        ...headers,
        ...(authorization === undefined ? {} : { authorization }),
        ...(body ? { 'content-length': String(body.sizeBytes) } : {}),
      },
      ...(body ? { body: watched(body.bytes(), watch, limits.answerMs), duplex: 'half' } : {}),
    });
    watch.pause();
    return {
      status: response.status,
      headers: response.headers,
      url,
      bytes: () => watchedBody(response, watch, url, limits),
      drop: async () => {
        watch.pause();
        await response.body?.cancel().catch(() => {});
      },
    };
  } catch (error) {
    watch.pause();
    throw unreachable(url, error, limits);
  }
}

interface Stopwatch {
  readonly signal: AbortSignal;
  readonly start: (ms?: number) => void;
  readonly pause: () => void;
}

function stopwatch({ stallMs, signal }: Limits): Stopwatch {
  const stalled = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (ms = stallMs): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(new Error(`nothing came for ${ms / 1000} s`)), ms);
    // The connection keeps the process up; a request that was answered before all was sent does not.
    timer.unref();
  };
  start();
  return { signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal, start, pause: () => clearTimeout(timer) };
}

/** What is sent: while its source is asked no time runs; when all is out the other side has longer. */
async function* watched(bytes: AsyncIterable<Uint8Array>, watch: Stopwatch, answerMs: number): AsyncGenerator<Uint8Array, void, undefined> {
  watch.pause();
  for await (const piece of bytes) {
    watch.start();
    yield piece;
    watch.pause();
  }
  watch.start(answerMs);
}

/** What comes: time runs while the other side is waited for, not while the reader works. */
async function* watchedBody(response: Response, watch: Stopwatch, url: URL, limits: Limits): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = response.body?.getReader();
  try {
    for (;;) {
      watch.start();
      const next = await reader?.read().catch((error: unknown) => Promise.reject(unreachable(url, error, limits)));
      watch.pause();
      if (!next || next.done) return;
      yield next.value;
    }
  } finally {
    watch.pause();
    await reader?.cancel().catch(() => {});
  }
}

const CERTIFICATE = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID)/;

function unreachable(url: URL, error: unknown, { signal }: Limits): unknown {
  if (signal?.aborted) return signal.reason;
  // What reads the body to send may fail too: a damaged blob is no matter of the network.
  if (causeOf(error) instanceof EnvironmentError) return causeOf(error);
  const cause = causeOf(error);
  const code = errorCode(cause);
  if (code !== undefined && CERTIFICATE.test(code))
    return new EnvironmentError(
      `${url.host}: its certificate is not trusted (${code})`,
      'name your authority’s certificates in NODE_EXTRA_CA_CERTS',
      'permanent',
      { cause },
    );
  return new EnvironmentError(
    `${shown(url)} cannot be reached (${code ?? messageOf(cause)})`,
    'check the name of the registry and the network; for a registry without TLS set PLIMSOLL_INSECURE_REGISTRIES',
    'transient',
    { cause },
  );
}
