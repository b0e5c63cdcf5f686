import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, HttpRequest, PendingRequest } from '../../run/index.ts';
import type { Subject } from '../types.ts';
import { isHttp, probeRequest } from './requests.ts';

/** A request that the application holds, or why there is none. */
export type InFlight = { readonly pending: PendingRequest; readonly what: string } | { readonly pending?: undefined; readonly why: string };

/** A slow probe still unanswered after so long is with the application. */
const SLOW_AFTER_MS = 200;
/** A route that has half of its body and has not answered after so long waits for the rest. */
const HALF_AFTER_MS = 300;

const HINT = 'name a request that takes longer than 200 ms: `probes: [{request: GET /…, slow: true}]` in plimsoll.yaml';

/**
 * Begins a request that is handed to the application before the signal: a probe marked `slow`, else a route that reads
 * its body, of which it gets one half. Connections that nobody has accepted do not count.
 */
export async function beginInFlight(container: Container, subject: Subject): Promise<InFlight> {
  const port = subject.contract.ports.find((it) => it.speaks === 'http')?.port;
  if (port === undefined)
    return { why: subject.service ? 'the service speaks no HTTP' : 'nobody said that it speaks HTTP; `--health /path` does' };
  const slow = subject.probes.filter(isHttp).find((it) => it.slow);
  if (slow) {
    const held = await hold(container, probeRequest(slow, port), SLOW_AFTER_MS);
    if (held) return { pending: held, what: `${slow.method} ${slow.path}` };
  }
  const half = halfRequest(subject, port);
  if (half) {
    const held = await hold(container, half, HALF_AFTER_MS);
    if (held) return { pending: held, what: `${half.method} ${half.path} with half of its body sent` };
  }
  if (!subject.service && !slow && !half)
    return { why: 'an image alone does not say which request takes long: prove the folder that it was built from' };
  const tried = [
    ...(slow ? [`${slow.method} ${slow.path} answered within ${SLOW_AFTER_MS} ms`] : []),
    ...(half ? [`${half.method} ${half.path} did not wait for its body`] : []),
  ];
  return { why: `${tried.length > 0 ? tried.join(', ') : 'no probe is marked slow and no route reads a body'}; ${HINT}` };
}

async function hold(container: Container, request: HttpRequest, forMs: number): Promise<PendingRequest | undefined> {
  const pending = await container.begin(request);
  await sleep(forMs);
  if (await pending.unanswered()) return pending;
  await pending.finish();
  return undefined;
}

/** Any JSON will do: an answer that refuses it is an answer. */
const OF_A_ROUTE = {
  body: JSON.stringify({ plimsoll: 'half of this comes before the signal, half of it after' }),
  slow: false,
};

function halfRequest({ probes, service, contract }: Subject, port: number): HttpRequest | undefined {
  const probe = probes.filter(isHttp).find((it) => it.body !== undefined);
  const route = service?.routes.find((it) => it.readsBody && !it.parameters && it.path.startsWith('/'));
  const whole = probe ? probeRequest(probe, port) : route && probeRequest({ ...OF_A_ROUTE, method: route.method, path: route.path }, port);
  if (whole?.body === undefined) return undefined;
  return {
    ...whole,
    firstBytes: Math.floor(Buffer.byteLength(whole.body) / 2),
    timeoutMs: contract.stop.graceMs + HALF_AFTER_MS,
  };
}
