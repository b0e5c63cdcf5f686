import type { Evidence } from '../base/index.ts';
import type { Image, ImageConfig } from '../image/index.ts';
import type { ContractVariable, HealthCheck, RuntimeContract } from '../plan/index.ts';
import { imageUser } from '../run/index.ts';
import { seen } from './outcome.ts';

/** What a person says of an image whose repository is not at hand; the rest stands in its config. */
export interface ImageWishes {
  readonly port?: number | undefined;
  /** Answers below 400 when the service is ready: `/health`. */
  readonly healthPath?: string | undefined;
  /** It is asked by HTTP, whatever its health is asked by. */
  readonly speaksHttp?: boolean | undefined;
  readonly writable?: readonly string[] | undefined;
  readonly memoryBytes?: number | undefined;
  readonly readyWithinMs?: number | undefined;
  readonly graceMs?: number | undefined;
}

/** Kubernetes' default, and Docker's: "Pod Lifecycle", `terminationGracePeriodSeconds`; docker stop waits 10 s. */
const GRACE_MS = 10_000;
/** As the plan has it for a service that says nothing. */
const READY_MS = 10_000;
/** Dockerfile reference, "HEALTHCHECK". */
const HEALTH = { intervalMs: 30_000, timeoutMs: 30_000, startPeriodMs: 0, retries: 3 };

/**
 * The contract of an image by its config alone: user by its own passwd, the first TCP port, volumes as writable paths.
 * Throws UserError when its user is a name that its passwd does not have.
 */
export async function contractOfImage(image: Image, wishes: ImageWishes): Promise<RuntimeContract> {
  const { config = {} } = await image.config();
  const port = wishes.port ?? portsOf(config)[0];
  const health = wishes.healthPath;
  return {
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    workingDir: config.WorkingDir || '/',
    user: { ...ids(await imageUser(image)), name: (config.User ?? '').split(':')[0] || 'root' },
    environment: (config.Env ?? []).map(variable),
    ports:
      port === undefined ? [] : [{ port, protocol: 'tcp', speaks: health === undefined && wishes.speaksHttp !== true ? 'tcp' : 'http' }],
    writablePaths: [
      ...Object.keys(config.Volumes ?? {}).map((path) => writable(path, 'volume', seen('config.Volumes', path))),
      ...(wishes.writable ?? []).map((path) => writable(path, 'tmpfs', { from: 'flag', name: '--writable' })),
    ],
    stop: { signal: stopSignalOf(config) ?? 'SIGTERM', graceMs: wishes.graceMs ?? GRACE_MS },
    readyWithinMs: wishes.readyWithinMs ?? READY_MS,
    ...(health === undefined ? {} : { healthCheck: asked(health) }),
    limits: wishes.memoryBytes === undefined ? {} : { memoryBytes: wishes.memoryBytes },
    labels: config.Labels ?? {},
  };
}

type Config = NonNullable<ImageConfig['config']>;

/** A signal by name or number; undefined for one that no gate can send. Absent is SIGTERM: image-spec, config.md, "StopSignal". */
export function stopSignalOf({ StopSignal = '' }: Config): RuntimeContract['stop']['signal'] | undefined {
  const named = { '': 'SIGTERM', '2': 'SIGINT', '3': 'SIGQUIT', '15': 'SIGTERM' }[StopSignal] ?? StopSignal.toUpperCase();
  const signal = named.startsWith('SIG') ? named : `SIG${named}`;
  return signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGQUIT' ? signal : undefined;
}

/** `8080`, `8080/tcp`; a range counts by its first. UDP has nobody to wait for. */
const portsOf = ({ ExposedPorts = {} }: Config): readonly number[] =>
  Object.keys(ExposedPorts)
    .filter((name) => !/\/(udp|sctp)$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .filter((port) => port > 0 && port < 65536);

/** Nobody in the image asks it: an orchestrator does. What the image's own check is, it says itself. */
const asked = (path: string): HealthCheck => ({ test: [], path, ...HEALTH });

const writable = (path: string, kind: 'tmpfs' | 'volume', evidence: Evidence) => ({ path, kind, because: [evidence] as const });

function variable(text: string): ContractVariable {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? '' : text.slice(equals + 1);
  return { name, value, required: false, secret: false, because: [seen('config.Env', name)] };
}

const ids = ({ uid, gid }: { readonly uid: number; readonly gid: number }) => ({ uid, gid });
