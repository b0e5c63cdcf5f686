import { inferred } from '../../base/index.ts';
import type { Route, Service } from '../../service/index.ts';
import { byDefault, chosen, configured, decision, detected, type Answer, type Context } from '../decision.ts';
import { NO_PORT } from './port.ts';

export const healthCheck = decision({
  id: 'health-check',
  question: 'How is its health checked?',
  choices: {
    http: "the service's own endpoint, asked by Python's standard library: no curl in the image",
    tcp: 'a connection is accepted; says less than an endpoint',
    none: 'the orchestrator only sees whether the process lives',
  },
  why: 'A process that lives may still hang. curl would bring 9 packages; the interpreter is there already. OCI layouts carry the check as Docker does (`config.Healthcheck`): Podman drops it when it reads a layout, and Kubernetes and ECS use probes of their own.',
  key: 'healthCheck',
  decide(context): Answer {
    const { config, service } = context;
    if (config.healthCheck === false) return configured('none', 'none, as plimsoll.yaml says', 'healthCheck');
    if (config.healthCheck?.path !== undefined) return configured('http', `GET ${config.healthCheck.path}`, 'healthCheck.path');
    if (chosen(context, 'port') === NO_PORT)
      return byDefault('none', 'none: the service has no port', inferred('health-check/no-port', 'there is nothing to ask'));
    const route = healthRoute(service);
    if (route) return detected('http', `GET ${route.path}, asked by Python itself`, route.at);
    return byDefault(
      'tcp',
      'a TCP connection is accepted',
      inferred('health-check/tcp', 'no route looks like a health endpoint (/health, /healthz, /livez…)'),
    );
  },
});

/** The path that the health check asks; undefined when it asks none. */
export function healthPath({ config, service }: Pick<Context, 'config' | 'service'>): string | undefined {
  if (config.healthCheck !== false && config.healthCheck?.path !== undefined) return config.healthCheck.path;
  return healthRoute(service)?.path;
}

/** General before liveness before readiness: a container must not be killed because a companion is away. */
function healthRoute(service: Service): Route | undefined {
  const candidates = service.routes.filter((r) => r.method === 'GET' && !r.parameters);
  return (['health', 'live', 'ready'] as const).map((kind) => candidates.find((r) => r.health === kind)).find((r) => r !== undefined);
}
