import type { Route } from '../../types.ts';

type Health = NonNullable<Route['health']>;

/** Last parts of paths that mean health wherever they stand. Kubernetes' z-pages, Prometheus' `/-/`, Mozilla's Dockerflow. */
const PLAIN: Readonly<Record<string, Health>> = {
  health: 'health',
  healthz: 'health',
  healthcheck: 'health',
  'health-check': 'health',
  health_check: 'health',
  healthy: 'health',
  _health: 'health',
  __health__: 'health',
  ping: 'health',
  __heartbeat__: 'health',
  readyz: 'ready',
  readiness: 'ready',
  livez: 'live',
  liveness: 'live',
  __lbheartbeat__: 'live',
};
/** Words with other meanings: `/streams/live`, `/orders/status`. They count at the top, and below the words of `ABOVE`. */
const AMBIGUOUS: Readonly<Record<string, Health>> = {
  status: 'health',
  up: 'health',
  heartbeat: 'health',
  ready: 'ready',
  live: 'live',
  alive: 'live',
};
const ABOVE = /^(api|v\d+|health|healthz|healthcheck|-|_|internal|system|probes?|actuator|manage|management)$/;

/** What a path says of health: its last part decides, below any prefix such as `/api/v1`. A path with parameters says nothing. */
export function healthOf(method: string, path: string): Health | undefined {
  if ((method !== 'GET' && method !== 'HEAD') || /[{<(]/.test(path)) return undefined;
  const parts = path.toLowerCase().split('/').filter(Boolean);
  const last = parts.at(-1) ?? '';
  return PLAIN[last] ?? (parts.slice(0, -1).every((p) => ABOVE.test(p)) ? AMBIGUOUS[last] : undefined);
}
