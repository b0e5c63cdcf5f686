import type { Evidence } from '../base/index.ts';
import type { Image, ImageConfig } from '../image/index.ts';
import type { ContractVariable, HealthCheck, RuntimeContract } from '../plan/index.ts';
import { imageUser } from '../run/index.ts';
import { checkUrlOf } from './check-url.ts';
import { seen } from './outcome.ts';
import type { Subject } from './types.ts';

/** What a person says of an image whose repository is not at hand; the rest stands in its config. */
export interface ImageWishes {
  readonly port?: number | undefined;
  /** Answers below 400 when the service is ready: `/health`. */
  readonly healthPath?: string | undefined;
  /** It is asked by HTTP, whatever its health is asked by. */
  readonly speaksHttp?: boolean | undefined;
  /** Values for its variables. */
  readonly values?: Readonly<Record<string, string>> | undefined;
  readonly writable?: readonly string[] | undefined;
  readonly memoryBytes?: number | undefined;
  readonly readyWithinMs?: number | undefined;
  readonly graceMs?: number | undefined;
}

/** Kubernetes' default, and Docker's: "Pod Lifecycle", `terminationGracePeriodSeconds`; docker stop waits 10 s. */
const GRACE_MS = 10_000;
/** As the plan has it for a service that says nothing. */
const READY_MS = 10_000;
/** A longer start period of the image's check says that it takes so long; nobody waits for an image more than five minutes. */
const MOST_READY_MS = 300_000;
/** Dockerfile reference, "HEALTHCHECK". */
const HEALTH = { intervalMs: 30_000, timeoutMs: 30_000, startPeriodMs: 0, retries: 3 };

/**
 * The contract of an image by its config alone: user by its own passwd, volumes as writable paths; the port that its
 * health check asks, else the TCP ports that it exposes, of which one must be listened to; how long its check lets it
 * start. Throws UserError when its user is a name that its passwd does not have.
 */
export async function contractOfImage(image: Image, wishes: ImageWishes): Promise<RuntimeContract> {
  const { config = {} } = await image.config();
  const health = wishes.healthPath;
  return {
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    workingDir: config.WorkingDir || '/',
    user: { ...ids(await imageUser(image)), name: (config.User ?? '').split(':')[0] || 'root' },
    environment: (config.Env ?? []).map(variable),
    ports: portsOf(config, wishes),
    writablePaths: [
      ...Object.keys(config.Volumes ?? {}).map((path) => writable(path, 'volume', seen('config.Volumes', path))),
      ...(wishes.writable ?? []).map((path) => writable(path, 'tmpfs', { from: 'flag', name: '--writable' })),
    ],
    stop: { signal: stopSignalOf(config) ?? 'SIGTERM', graceMs: wishes.graceMs ?? GRACE_MS },
    readyWithinMs: wishes.readyWithinMs ?? Math.min(Math.max(READY_MS, startPeriodOf(config)), MOST_READY_MS),
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

/** One where HTTP is spoken, as far as anything says so; else all that are exposed. */
function portsOf(config: Config, { port, healthPath, speaksHttp, values }: ImageWishes): RuntimeContract['ports'] {
  const exposed = exposedBy(config);
  const asked = checkUrlOf(config, values);
  // A check may ask a port for that alone, beside the one that it exposes.
  const byCheck = asked && (exposed.length === 0 || exposed.includes(asked.port)) ? asked : undefined;
  const chosen = port ?? byCheck?.port;
  const isHttp = healthPath !== undefined || speaksHttp === true || (byCheck?.speaks === 'http' && byCheck.port === chosen);
  const all = chosen !== undefined ? [chosen] : isHttp ? exposed.slice(0, 1) : exposed;
  return all.map((it) => ({ port: it, protocol: 'tcp', speaks: isHttp ? 'http' : 'tcp' }));
}

/** `8080`, `8080/tcp`; a range counts by its first. UDP has nobody to wait for. */
const exposedBy = ({ ExposedPorts = {} }: Config): readonly number[] =>
  Object.keys(ExposedPorts)
    .filter((name) => !/\/(udp|sctp)$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .filter((port) => port > 0 && port < 65536);

/** Nanoseconds: image-spec has no health check; Docker's image specification 1.2, "Healthcheck". */
const startPeriodOf = ({ Healthcheck }: Config): number => (Healthcheck?.StartPeriod ?? 0) / 1e6;

/** What an image alone tells beside its contract. */
export async function hintsOfImage(
  image: Image,
  { ports }: RuntimeContract,
  { port, healthPath, speaksHttp, values }: ImageWishes,
): Promise<Required<Pick<Subject, 'checked' | 'isPortOfCheckAlone'>>> {
  const { config = {} } = await image.config();
  const http = ports.find((it) => it.speaks === 'http')?.port;
  const url = checkUrlOf(config, values);
  const own = url !== undefined && url.port === http && url.path !== undefined ? [{ path: url.path, host: url.host }] : [];
  return {
    checked: healthPath === undefined ? own : http === undefined ? [] : [{ path: healthPath }],
    isPortOfCheckAlone: port === undefined && healthPath === undefined && speaksHttp !== true && exposedBy(config).length === 0,
  };
}

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
