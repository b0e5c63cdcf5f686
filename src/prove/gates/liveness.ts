import { setTimeout as sleep } from 'node:timers/promises';
import type { CompanionHandle, Container, Exit, HttpAnswer, LogLine } from '../../run/index.ts';
import { checkHealth, checkOf, type HealthSeen } from '../container/health.ts';
import { tail } from '../container/log.ts';
import { waitUp, type Driven } from '../container/observe.ts';
import { nameOf, UNDECLARED_MS } from '../container/requests.ts';
import { exitText, rootFor } from '../container/start.ts';
import { isBroken, NOT_UP } from '../container/trial.ts';
import { failed, gate, passed, seen, skipped } from '../outcome.ts';
import { milliseconds } from '../quantity.ts';
import type { Outcome, Subject, Trial } from '../types.ts';

/** Those whose data outlive a stop, or are a cache; moto would come back without its buckets. */
const STOPPED = ['redis', 'postgres'];

export const liveness = gate({
  id: 'liveness',
  level: 'required',
  promise: 'When what it talks to goes away the service lives on and says so, and it works again when that is back.',
  why: 'A restart brings no database back; a liveness check that asks for one restarts every copy at the same time.',
  source:
    'Kubernetes, "Liveness, Readiness, and Startup Probes": readiness may depend on others, liveness must not; the one HEALTHCHECK of an image is liveness where Docker Swarm and Amazon ECS replace what is unhealthy',
  needs: ['runner'],
  limit: ({ contract }) => milliseconds(contract.readyWithinMs),
  async measure(subject) {
    const names = subject.companions.filter((it) => STOPPED.includes(it));
    if (names.length === 0)
      return skipped('no redis and no postgres runs beside it: `prove: {companions: [redis]}` in plimsoll.yaml starts one');
    const trial = await subject.trial();
    if (!trial.best.readiness.ready) return NOT_UP;
    const losses = await subject.run((container) => loseEach(container, subject, trial, names), rootFor(trial));
    if (losses === undefined) return NOT_UP;
    for (const loss of losses) {
      const outcome = problemOf(loss, subject);
      if (outcome) return outcome;
    }
    return survived(losses);
  },
});

/** What was seen while one companion was away, and when it was back. */
interface Loss {
  readonly name: string;
  readonly exit?: Exit;
  readonly health?: HealthSeen;
  /** Of a route that is there for liveness alone. */
  readonly live?: HttpAnswer;
  /** What answered before and does not now; empty: all is as it was. */
  readonly lost: readonly Driven[];
  readonly backAfterMs: number;
  readonly logs: readonly LogLine[];
}

async function loseEach(container: Container, subject: Subject, { best }: Trial, names: readonly string[]): Promise<Loss[] | undefined> {
  if (!(await waitUp(container, subject)).ready) return undefined;
  const good = best.answers.filter((it) => !isBroken(it) && !it.probe?.slow);
  const losses: Loss[] = [];
  for (const name of names) losses.push(await lose(container, subject, name, container.companion(name), good));
  return losses;
}

/** A service that ends without its companion does so within this, once it was asked. */
const ENDS_WITHIN_MS = 1_000;

async function lose(
  container: Container,
  subject: Subject,
  name: string,
  companion: CompanionHandle,
  good: readonly Driven[],
): Promise<Loss> {
  await companion.stop();
  // So that it notices.
  await Promise.all(good.map(({ request }) => container.request({ ...request, timeoutMs: UNDECLARED_MS })));
  const exit = await container.exited(ENDS_WITHIN_MS);
  const asked = exit ? { exit } : await askAlive(container, subject);
  await companion.start();
  const back = container.now();
  const lost = asked.exit ? [] : await stillLost(container, good, subject.contract.readyWithinMs);
  return {
    name,
    ...asked,
    lost,
    backAfterMs: container.now() - back,
    logs: container.logs(),
  };
}

/** What decides about its life. It may end meanwhile: then no check can be run in its container. */
async function askAlive(container: Container, subject: Subject): Promise<Pick<Loss, 'exit' | 'health' | 'live'>> {
  const live = await askLive(container, subject);
  const check = await checkOf(subject.image, subject.contract);
  try {
    const health = check && (await checkHealth(container, check));
    return { ...(health ? { health } : {}), ...(live ? { live } : {}) };
  } catch (error) {
    const exit = await container.exited(0);
    if (!exit) throw error;
    return { exit };
  }
}

async function askLive(container: Container, { contract, service }: Subject): Promise<HttpAnswer | undefined> {
  const port = contract.ports.find((it) => it.speaks === 'http')?.port;
  const route = service?.routes.find((it) => it.method === 'GET' && it.health === 'live' && !it.parameters);
  return port === undefined || !route ? undefined : container.request({ port, method: 'GET', path: route.path });
}

/** Asks what answered before until it does again, or time is up. */
async function stillLost(container: Container, good: readonly Driven[], withinMs: number): Promise<readonly Driven[]> {
  const until = container.now() + withinMs;
  let lost = good;
  for (;;) {
    const now = await Promise.all(lost.map(async (it) => ({ ...it, answer: await container.request(it.request) })));
    lost = now.filter(isBroken);
    if (lost.length === 0 || container.now() >= until) return lost;
    await sleep(100);
  }
}

const isAlive = ({ health, live }: Loss): boolean =>
  (health === undefined && live === undefined) || health?.healthy === true || (live?.answered === true && live.status < 500);

/** Undefined: as it should be. */
function problemOf(loss: Loss, { contract }: Subject): Outcome | undefined {
  const { name, exit, health, lost } = loss;
  const log = seen('log', tail(loss.logs) || 'nothing was printed');
  if (exit)
    return failed(
      `it ended (${exitText(exit)}) when ${name} went away`,
      `catch the error where ${name} is asked, answer 503, and try again at the next request`,
      [log],
    );
  if (!isAlive(loss))
    return failed(
      `its health check fails while ${name} is away: where the check decides about life, each copy is restarted, and ${name} is not back by that`,
      `answer the check (\`${contract.healthCheck?.path ?? 'healthCheck'}\`) without asking ${name}, and give readiness a route of its own, such as /ready`,
      [
        seen(
          'health check',
          health?.end.timedOut ? 'timed out' : `exit ${health?.end.code ?? 'by a signal'}, ${health?.attempts ?? 0} times`,
        ),
        log,
      ],
    );
  const [first] = lost;
  if (!first) return undefined;
  const got = first.answer.answered ? `answers ${first.answer.status}` : `is not answered (${first.answer.why})`;
  return failed(
    `${name} is back for ${milliseconds(contract.readyWithinMs).text}, and ${nameOf(first)} still ${got}`,
    `connect anew when a connection to ${name} is broken: clients and pools do so when they are not told otherwise (\`pool_pre_ping=True\` in SQLAlchemy)`,
    [log],
  );
}

function survived(losses: readonly Loss[]): Outcome {
  const slowest = Math.max(...losses.map((it) => it.backAfterMs));
  const unhealthy = losses.find((it) => it.health && !it.health.healthy);
  const [first, ...others] = losses.map((it) =>
    seen(`${it.name} away, then back`, `it lived on; all answers as before ${milliseconds(it.backAfterMs).text} after it was back`),
  );
  return passed([first!, ...others], {
    measured: milliseconds(slowest),
    why: unhealthy
      ? `its route for liveness answers without ${unhealthy.name}, its health check does not: Docker Swarm and ECS would replace it; \`healthCheck: {path: …}\` in plimsoll.yaml names another`
      : undefined,
  });
}
