import { inferred, UserError } from '../../base/index.ts';
import type { Route, Service } from '../../service/index.ts';
import { byDefault, chosen, configured, decision, detected, type Answer, type Context } from '../decision.ts';
import { NO_PORT } from './port.ts';

export const healthCheck = decision({
  id: 'health-check',
  question: 'How is its health checked?',
  choices: {
    http: "the service's own endpoint, asked by Python's standard library: no curl in the image",
    text: 'a line is sent over TCP, and its answer read: for a protocol of its own',
    tcp: 'a connection is accepted, by the kernel also for a program that hangs; says less than an answer',
    none: 'the orchestrator only sees whether the process lives',
  },
  why: 'A process that lives may still hang. curl would bring 9 packages; the interpreter is there already. OCI layouts carry the check as Docker does (`config.Healthcheck`): Podman drops it when it reads a layout, and Kubernetes and ECS use probes of their own.',
  key: 'healthCheck',
  decide(context): Answer {
    const { config, service } = context;
    if (config.healthCheck === false) return configured('none', 'none, as plimsoll.yaml says', 'healthCheck');
    const text = textCheck(config);
    if (text)
      return configured('text', `sends ${JSON.stringify(text.send)}, and ${JSON.stringify(text.expect)} comes back`, 'healthCheck.send');
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

/** What is sent over TCP, and what its answer contains. */
export interface TextCheck {
  readonly send: string;
  readonly expect: string;
}

/** Of plimsoll.yaml. Throws UserError for one half of it, and beside an endpoint. */
export function textCheck({ healthCheck: own }: Context['config']): TextCheck | undefined {
  if (own === undefined || own === false || (own.send === undefined && own.expect === undefined)) return undefined;
  if (own.send !== undefined && own.expect !== undefined && own.path === undefined) return { send: own.send, expect: own.expect };
  throw new UserError(
    '`healthCheck` needs `send` and `expect` together, and no `path` beside them',
    'name a path for HTTP, or both for text over TCP',
    {
      file: 'plimsoll.yaml',
    },
  );
}

/** General before liveness before readiness: a container must not be killed because a companion is away. */
function healthRoute(service: Service): Route | undefined {
  const candidates = service.routes.filter((r) => r.method === 'GET' && !r.parameters);
  return (['health', 'live', 'ready'] as const).map((kind) => candidates.find((r) => r.health === kind)).find((r) => r !== undefined);
}
