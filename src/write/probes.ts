import type { Plan } from '../plan/index.ts';
import { seconds } from './running.ts';
import { field, map, plainMap, type Field, type YamlMap } from './yaml.ts';

/** How often the start is looked at, in seconds. */
const START_PERIOD = 2;
/** How much longer than promised a start may take before the container is killed: a node under load is slow. */
const START_ROOM = 3;

/** The three probes of a container (Kubernetes, "Liveness, Readiness, and Startup Probes"); none where it has no port. */
export function probesOf(plan: Plan): readonly Field[] {
  const { contract } = plan;
  const [port] = contract.ports;
  if (port === undefined) return [];
  const general = contract.healthCheck?.path ?? routeOf(plan, 'health');
  const ready = routeOf(plan, 'ready') ?? general;
  const needsOthers = plan.service.companions.some(({ value }) => !value.optional);
  const live = routeOf(plan, 'live') ?? (needsOthers ? undefined : general);
  const timeout = seconds(contract.healthCheck?.timeoutMs ?? 3000);
  const tries = Math.max(15, Math.ceil(((contract.readyWithinMs / 1000) * START_ROOM) / START_PERIOD));
  const probe = (path: string | undefined, periodSeconds: number, failureThreshold: number): YamlMap =>
    map(
      asked(plan, path),
      field('periodSeconds', periodSeconds),
      field('timeoutSeconds', timeout),
      field('failureThreshold', failureThreshold),
    );
  return [
    field(
      'startupProbe',
      probe(live ?? ready, START_PERIOD, tries),
      `It promises to listen within ${contract.readyWithinMs / 1000} s; after ${tries * START_PERIOD} s it is started anew.`,
    ),
    field('readinessProbe', probe(ready, 5, 2), 'While this fails, no request is sent to it.'),
    field(
      'livenessProbe',
      probe(live, 20, 3),
      needsOthers && live === undefined
        ? 'Only whether it listens: a container must not be killed because what it talks to is away.'
        : 'When this fails three times, it is killed and started anew.',
    ),
  ];
}

const routeOf = ({ service }: Plan, kind: 'health' | 'ready' | 'live'): string | undefined =>
  service.routes.find(({ method, parameters, health }) => method === 'GET' && !parameters && health === kind)?.path;

function asked(plan: Plan, path: string | undefined): Field {
  const port = 'service';
  if (path === undefined) return field('tcpSocket', plainMap({ port }));
  // Django answers 400 where the Host is not among ALLOWED_HOSTS; the kubelet asks by the pod's address.
  const hasHosts = plan.service.framework?.value === 'django';
  return field(
    'httpGet',
    map(
      field('path', path),
      field('port', port),
      hasHosts
        ? field('httpHeaders', [plainMap({ name: 'Host', value: 'localhost' })], 'Django: the pod’s address is not in ALLOWED_HOSTS.')
        : undefined,
    ),
  );
}
