import type {
  ChangedPath,
  Container,
  ContainerProcess,
  ExecEnd,
  Exit,
  Exchanged,
  HttpAnswer,
  LogLine,
  Memory,
  Readiness,
} from '../../run/index.ts';
import type { Subject, TcpProbe, When } from '../types.ts';
import { drive, type Drive } from './drive.ts';
import { checkHealth, checkOf, type HealthSeen } from './health.ts';
import { lastingZombies, leaveOrphan, type Orphan } from './reaped.ts';
import { isTcp, requestsFor, type Planned } from './requests.ts';
import { ask, askAnybody, askRoutes } from './routes.ts';
import { argvOf, interpreterOf } from './start.ts';

/** One request that was made, and what came. */
export interface Driven extends Planned {
  readonly answer: HttpAnswer;
}

/** A probe over TCP, and what came. */
export interface Spoken {
  readonly probe: TcpProbe;
  readonly came: Exchanged;
}

/** One run of the service, from its start to the last answer. */
export interface Observation {
  readonly readOnlyRoot: boolean;
  readonly readiness: Readiness;
  /** It is ready, and listens where only its own container can reach it. */
  readonly loopbackOnly: boolean;
  /** Absent: there is no check, or it never came so far. */
  readonly health?: HealthSeen;
  /** Each request for itself. */
  readonly answers: readonly Driven[];
  /** Where nothing answered: what came of a request that nobody can wait with. */
  readonly anybody?: Driven;
  readonly spoken: readonly Spoken[];
  /** The safe ones among them, many times. Absent: it never came so far. */
  readonly drive?: Drive;
  readonly logs: readonly LogLine[];
  /** When the first request was made, and when requests began that nobody declared. Milliseconds since the start. */
  readonly requestsFromMs: number;
  readonly undeclaredFromMs: number;
  readonly changes: readonly ChangedPath[];
  /** It was ready, and ended while it was asked. */
  readonly exit?: Exit;
  /** After the requests. Empty: it has ended. */
  readonly processes: readonly ContainerProcess[];
  /** Children that nobody waits for. */
  readonly zombies: readonly ContainerProcess[];
  /** Absent where nothing in the source starts other programs, and none was seen. */
  readonly orphan?: Orphan;
  readonly memory: Memory;
  /** The health check with the service frozen; undefined where there is none, or it had not been healthy. */
  readonly frozen?: Promise<ExecEnd | undefined>;
}

/** A service without a port has nothing to ask: it is up when it has run for so long. */
const UP_AFTER_MS = 1000;
const EXCHANGE_MS = 5_000;
/** A printed line must have come after so long: the promise of the gate `logs`. */
export const LINE_WITHIN_MS = 1000;

/**
 * Waits until the service is ready, for `withinMs` at most (default: as the contract says), asks its health, makes the
 * probes' requests and those of its safe routes, these many times, and looks at what is left.
 */
export async function observe(
  container: Container,
  subject: Subject,
  readOnlyRoot: boolean,
  withinMs = subject.contract.readyWithinMs,
): Promise<Observation> {
  const readiness = await waitUp(container, subject, withinMs);
  const asked = readiness.ready ? await askAll(container, subject, withinMs) : NOTHING_ASKED(readiness.afterMs);
  const exit = readiness.ready ? await container.exited(0) : undefined;
  return {
    readOnlyRoot,
    readiness,
    ...asked,
    ...(exit ? { exit } : {}),
    processes: await container.processes(),
    memory: await container.memory(),
    logs: container.logs(),
    changes: await container.changes(),
  };
}

type Asked = Omit<Observation, 'readOnlyRoot' | 'readiness' | 'exit' | 'processes' | 'memory' | 'logs' | 'changes'>;

const NOTHING_ASKED = (atMs: number): Asked => ({
  loopbackOnly: false,
  answers: [],
  spoken: [],
  zombies: [],
  requestsFromMs: atMs,
  undeclaredFromMs: atMs,
});

async function askAll(container: Container, subject: Subject, withinMs: number): Promise<Asked> {
  const loopbackOnly = await isLoopbackOnly(container, subject);
  const atFirst = await container.processes();
  // Nobody asks a service without a port: what it prints, it prints by itself.
  const requestsFromMs = subject.contract.ports.length === 0 ? 0 : container.now();
  const { slow, declared, undeclared } = requestsFor(subject);
  const waiting = Promise.all(slow.map((it) => ask(container, it)));
  waiting.catch(() => {}); // awaited below
  const check = await checkOf(subject.image, subject.contract);
  // Where a path tells whether it is ready, the check is no longer too early.
  const sinceMs = subject.contract.healthCheck?.path === undefined ? withinMs : 0;
  const health = check && (await checkHealth(container, check, sinceMs));
  const before = await inTurn(declared('before'), (it) => ask(container, it));
  const spoken = await speak(container, subject, 'before');
  const undeclaredFromMs = container.now();
  const others = await askRoutes(container, undeclared);
  const [driven, during, spokenDuring] = await Promise.all([
    drive(container, [...before, ...others]),
    Promise.all(declared('during').map((it) => ask(container, it))),
    speak(container, subject, 'during'),
  ]);
  const after = await inTurn(declared('after'), (it) => ask(container, it));
  const answers = [...before, ...during, ...others, ...after, ...(await waiting)];
  const spokenAfter = await speak(container, subject, 'after');
  const anybody = await askAnybody(container, subject, answers, health?.healthy ? health.end.afterMs : 0);
  await container.waitForLog((line) => line.atMs >= requestsFromMs, LINE_WITHIN_MS);
  const zombies = await lastingZombies(container, atFirst);
  return {
    loopbackOnly,
    ...(health ? { health } : {}),
    answers,
    ...(anybody ? { anybody } : {}),
    spoken: [...spoken, ...spokenDuring, ...spokenAfter],
    drive: driven,
    zombies,
    ...((subject.service?.forks || startedByOthers(await container.processes())) && (await container.exited(0)) === undefined
      ? { orphan: await leaveOrphan(container, interpreterOf(argvOf(subject.contract))) }
      : {}),
    requestsFromMs,
    undeclaredFromMs,
  };
}

/** Somebody else than process 1 starts programs here, whatever the source says, or where there is none. */
const startedByOthers = (all: readonly ContainerProcess[]): boolean => all.some((it) => it.parent > 1);

const speak = (container: Container, { probes }: Subject, when: When): Promise<Spoken[]> =>
  inTurn(
    probes.filter(isTcp).filter((it) => it.when === when),
    async (probe) => ({
      probe,
      came: await container.exchange({ port: probe.port, send: probe.send, until: probe.expect, timeoutMs: EXCHANGE_MS }),
    }),
  );

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}

const isLoopbackOnly = (container: Container, { contract, isPortOfCheckAlone }: Subject): Promise<boolean> =>
  isPortOfCheckAlone === true
    ? Promise.resolve(false)
    : areLoopbackOnly(
        container,
        contract.ports.map((it) => it.port),
      );

async function areLoopbackOnly(container: Container, ports: readonly number[]): Promise<boolean> {
  const own = (await container.listening()).filter((it) => ports.includes(it.port));
  return own.length > 0 && own.every((it) => /^(127\.|::1$|::ffff:127\.)/.test(it.address));
}

/** Ready as the contract means it: it listens, and its health endpoint, if there is one, answers below 400; a job: it is done. */
export async function waitUp(
  container: Container,
  { contract }: Pick<Subject, 'contract'>,
  withinMs = contract.readyWithinMs,
): Promise<Readiness> {
  const ports = contract.ports.map((it) => it.port);
  if (ports.length > 0) return waitListening(container, ports, contract.healthCheck?.path, withinMs);
  if (contract.lifetime === 'job') return waitDone(container, withinMs);
  const exit = await container.exited(UP_AFTER_MS);
  return exit ? { ready: false, why: 'exited', afterMs: exit.atMs, exit } : { ready: true, afterMs: container.now() };
}

/** Up, and still there a second later: a program may listen first, and end by what it does next. */
export async function waitStaysUp(container: Container, subject: Pick<Subject, 'contract'>): Promise<Readiness> {
  const up = await waitUp(container, subject);
  if (!up.ready || subject.contract.lifetime === 'job') return up;
  const exit = await container.exited(UP_AFTER_MS);
  return exit ? { ready: false, why: 'exited', afterMs: exit.atMs, exit } : up;
}

/** A port that is for its own container alone, a debugger's, is not what the service is exposed for: then it waits for the others. */
async function waitListening(
  container: Container,
  ports: readonly number[],
  path: string | undefined,
  withinMs: number,
): Promise<Readiness> {
  const [port = 0, ...others] = ports;
  const first = await container.waitReady(
    { port, ...(others.length > 0 ? { others } : {}), ...(path === undefined ? {} : { path }) },
    withinMs,
  );
  const unheard = (first.ready && first.unheard) || [];
  if (unheard.length === 0 || !(await areLoopbackOnly(container, ports))) return first;
  const more = await waitListening(container, unheard, path, Math.max(1, withinMs - container.now()));
  return more.ready || more.exit ? more : first;
}

/** A job has done what it is for when it ends with 0. */
async function waitDone(container: Container, withinMs: number): Promise<Readiness> {
  const exit = await container.exited(withinMs);
  if (exit?.code === 0) return { ready: true, afterMs: exit.atMs };
  return exit
    ? { ready: false, why: 'exited', afterMs: exit.atMs, exit }
    : { ready: false, why: 'still running', afterMs: container.now() };
}
