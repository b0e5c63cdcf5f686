import type { HttpRequest } from '../../run/index.ts';
import type { HttpProbe, Probe, Subject, TcpProbe, When } from '../types.ts';

/** A request that the proof makes. */
export interface Planned {
  readonly request: HttpRequest;
  /** The probe that asks for it; absent for a route that the source has. */
  readonly probe?: HttpProbe;
}

/** A probe that people marked slow may take so long. */
const SLOW_MS = 30_000;
/** Streams never end: a route that nobody declared is not waited for. */
export const UNDECLARED_MS = 2_000;
/** More routes tell little more, and take longer. */
const MOST_ROUTES = 24;

export interface Requests {
  readonly slow: readonly Planned[];
  declared(when: When): readonly Planned[];
  readonly undeclared: readonly Planned[];
}

/**
 * The probes' requests, and a GET of each route without parameters, or of what the image's own check asks. Empty for a
 * service that speaks no HTTP.
 */
export function requestsFor({
  contract,
  service,
  probes,
  checked = [],
}: Pick<Subject, 'contract' | 'service' | 'probes' | 'checked'>): Requests {
  const port = contract.ports.find((it) => it.speaks === 'http')?.port;
  if (port === undefined) return { slow: [], declared: () => [], undeclared: [] };
  const asked = probes.filter(isHttp);
  const planned = asked.map((probe) => ({ request: probeRequest(probe, port), probe }));
  const paths = new Set(asked.map((probe) => probe.path));
  const shown = (service?.routes ?? []).filter((it) => it.method === 'GET' && !it.parameters && it.path.startsWith('/'));
  const routes = new Map([...shown, ...checked].filter((it) => !paths.has(it.path)).map((it) => [it.path, it] as const));
  return {
    slow: planned.filter((it) => it.probe.slow),
    declared: (when) => planned.filter((it) => !it.probe.slow && it.probe.when === when),
    undeclared: [...routes.values()].slice(0, MOST_ROUTES).map((it) => ({ request: undeclaredRequest(it, port) })),
  };
}

/** With the host that the image's own check names: a service may answer to that name alone. RFC 9110, 7.2. */
const undeclaredRequest = ({ path, host }: { readonly path: string; readonly host?: string }, port: number): HttpRequest => ({
  port,
  method: 'GET',
  path,
  ...(host === undefined ? {} : { headers: { host: port === 80 ? host : `${host}:${port}` } }),
  timeoutMs: UNDECLARED_MS,
});

export const isHttp = (probe: Probe): probe is HttpProbe => probe.speaks === 'http';
export const isTcp = (probe: Probe): probe is TcpProbe => probe.speaks === 'tcp';

/** The request of a probe; bodies are JSON, as plimsoll.yaml says. */
export function probeRequest(
  { method, path, headers, body, slow }: Omit<HttpProbe, 'speaks' | 'when' | 'expect'>,
  port: number,
): HttpRequest {
  const sent = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
  return {
    port,
    method,
    path,
    ...(body === undefined ? {} : { body }),
    ...(Object.keys(sent).length === 0 ? {} : { headers: sent }),
    ...(slow ? { timeoutMs: SLOW_MS } : {}),
  };
}

/** As people read it: `GET /orders`. */
export const nameOf = ({ request }: Pick<Planned, 'request'>): string => `${request.method} ${request.path}`;
