import type { ChangedPath, Container, HttpAnswer, LogLine, Readiness } from '../../run/index.ts';
import type { Subject } from '../types.ts';
import { checkHealth, checkOf, type HealthSeen } from './health.ts';
import { requestsFor, type Planned } from './requests.ts';

/** One request that was made, and what came. */
export interface Driven extends Planned {
  readonly answer: HttpAnswer;
}

/** One run of the service, from its start to the last answer. */
export interface Observation {
  readonly readOnlyRoot: boolean;
  readonly readiness: Readiness;
  /** It is ready, and listens where only its own container can reach it. */
  readonly loopbackOnly: boolean;
  /** Absent: there is no check, or it never came so far. */
  readonly health?: HealthSeen;
  readonly answers: readonly Driven[];
  readonly logs: readonly LogLine[];
  /** When the first request was made, and when requests began that nobody declared. Milliseconds since the start. */
  readonly requestsFromMs: number;
  readonly undeclaredFromMs: number;
  readonly changes: readonly ChangedPath[];
}

/** A service without a port has nothing to ask: it is up when it has run for so long. */
const UP_AFTER_MS = 1000;
/** Requests that nobody declared are made so many at a time. */
const AT_ONCE = 4;
/** A printed line must have come after so long: the promise of the gate `logs`. */
export const LINE_WITHIN_MS = 1000;

/**
 * Waits until the service is ready, for `withinMs` at most (default: as the contract says), asks its health, makes the
 * probes' requests and those of its safe routes.
 */
export async function observe(container: Container, subject: Subject, readOnlyRoot: boolean, withinMs?: number): Promise<Observation> {
  const readiness = await waitUp(container, subject, withinMs);
  if (!readiness.ready)
    return {
      readOnlyRoot,
      readiness,
      loopbackOnly: false,
      answers: [],
      logs: container.logs(),
      requestsFromMs: readiness.afterMs,
      undeclaredFromMs: readiness.afterMs,
      changes: await container.changes(),
    };

  const loopbackOnly = await isLoopbackOnly(container, subject);
  // Nobody asks a service without a port: what it prints, it prints by itself.
  const requestsFromMs = subject.contract.ports.length === 0 ? 0 : container.now();
  const { slow, declared, undeclared } = requestsFor(subject);
  const waiting = Promise.all(slow.map((it) => ask(container, it)));
  waiting.catch(() => {}); // awaited below
  const check = await checkOf(subject.image, subject.contract);
  const health = check && (await checkHealth(container, check));
  const answers: Driven[] = [];
  for (const it of declared) answers.push(await ask(container, it));
  const undeclaredFromMs = container.now();
  for (let i = 0; i < undeclared.length; i += AT_ONCE)
    answers.push(...(await Promise.all(undeclared.slice(i, i + AT_ONCE).map((it) => ask(container, it)))));
  answers.push(...(await waiting));
  await container.waitForLog((line) => line.atMs >= requestsFromMs, LINE_WITHIN_MS);
  return {
    readOnlyRoot,
    readiness,
    loopbackOnly,
    ...(health ? { health } : {}),
    answers,
    logs: container.logs(),
    requestsFromMs,
    undeclaredFromMs,
    changes: await container.changes(),
  };
}

async function isLoopbackOnly(container: Container, { contract }: Subject): Promise<boolean> {
  const own = (await container.listening()).filter((it) => it.port === contract.ports[0]?.port);
  return own.length > 0 && own.every((it) => /^(127\.|::1$|::ffff:127\.)/.test(it.address));
}

/** Ready as the contract means it: it listens, and its health endpoint, if there is one, answers below 400; a job: it is done. */
export async function waitUp(
  container: Container,
  { contract }: Pick<Subject, 'contract'>,
  withinMs = contract.readyWithinMs,
): Promise<Readiness> {
  const [port] = contract.ports;
  if (port) {
    const path = contract.healthCheck?.path;
    return container.waitReady({ port: port.port, ...(path === undefined ? {} : { path }) }, withinMs);
  }
  if (contract.lifetime === 'job') return waitDone(container, withinMs);
  const exit = await container.exited(UP_AFTER_MS);
  return exit ? { ready: false, why: 'exited', afterMs: exit.atMs, exit } : { ready: true, afterMs: container.now() };
}

/** A job has done what it is for when it ends with 0. */
async function waitDone(container: Container, withinMs: number): Promise<Readiness> {
  const exit = await container.exited(withinMs);
  if (exit?.code === 0) return { ready: true, afterMs: exit.atMs };
  return exit
    ? { ready: false, why: 'exited', afterMs: exit.atMs, exit }
    : { ready: false, why: 'still running', afterMs: container.now() };
}

async function ask(container: Container, planned: Planned): Promise<Driven> {
  return { ...planned, answer: await container.request(planned.request) };
}
