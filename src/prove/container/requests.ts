import type { HttpRequest } from '../../run/index.ts';
import type { Probe, Subject } from '../types.ts';

/** A request that the proof makes. */
export interface Planned {
  readonly request: HttpRequest;
  /** The probe that asks for it; absent for a route that the source has. */
  readonly probe?: Probe;
}

/** A probe that people marked slow may take so long. */
const SLOW_MS = 30_000;
/** Streams never end: a route that nobody declared is not waited for. */
const UNDECLARED_MS = 2_000;
/** More routes tell little more, and take longer. */
const MOST_ROUTES = 24;

/** The probes' requests, and a GET of each route without parameters. Empty for a service that speaks no HTTP. */
export function requestsFor({ contract, service, probes }: Pick<Subject, 'contract' | 'service' | 'probes'>): {
  readonly slow: readonly Planned[];
  readonly declared: readonly Planned[];
  readonly undeclared: readonly Planned[];
} {
  const port = contract.ports.find((it) => it.speaks === 'http')?.port;
  if (port === undefined) return { slow: [], declared: [], undeclared: [] };
  const planned = probes.map((probe) => ({ request: probeRequest(probe, port), probe }));
  const paths = new Set(probes.map((probe) => probe.path));
  const routes = new Set(
    (service?.routes ?? [])
      .filter((it) => it.method === 'GET' && !it.parameters && it.path.startsWith('/') && !paths.has(it.path))
      .map((it) => it.path),
  );
  return {
    slow: planned.filter((it) => it.probe.slow),
    declared: planned.filter((it) => !it.probe.slow),
    undeclared: [...routes].slice(0, MOST_ROUTES).map((path) => ({ request: { port, method: 'GET', path, timeoutMs: UNDECLARED_MS } })),
  };
}

/** The request of a probe; bodies are JSON, as plimsoll.yaml says. */
export function probeRequest({ method, path, body, slow }: Probe, port: number): HttpRequest {
  return {
    port,
    method,
    path,
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    ...(slow ? { timeoutMs: SLOW_MS } : {}),
  };
}
