import type { Container, HttpAnswer } from '../../run/index.ts';
import type { Driven } from './observe.ts';
import { nameOf, UNDECLARED_MS, type Planned } from './requests.ts';

/** Many requests, and what became of them. */
export interface Drive {
  readonly made: number;
  /** How many different ones. */
  readonly routes: number;
  /** Requests that were answered at first and then no more. */
  readonly worse: readonly Worse[];
}

export interface Worse {
  readonly name: string;
  readonly firstStatus: number;
  /** How many of it were made before. */
  readonly after: number;
  readonly answer: HttpAnswer;
}

/** In all, at least; a hundred is what a first minute of traffic brings to a small service. */
const LEAST = 100;
/** Of each: more than a pool holds (SQLAlchemy 15, `QueuePool`; asyncpg 10; psycopg_pool 4, by default). */
const OF_EACH = 25;
/** No longer than this, however slow it answers. */
const WITHIN_MS = 3_000;
const AT_ONCE = 4;
/** What took longer at first is slow by nature, or a stream. */
const QUICK_MS = 250;
/** Who did not answer among many is asked once more, alone, for so long: a machine may stall. */
const PATIENCE_MS = 10_000;

/** Makes the safe requests that were answered quickly, again and again, some at once. */
export async function drive(container: Container, answered: readonly Driven[]): Promise<Drive> {
  const steady = answered.filter(isSteady);
  const asked = new Map<string, number>();
  const worse = new Map<string, Worse>();
  const until = container.now() + WITHIN_MS;
  const most = steady.length === 0 ? 0 : Math.max(LEAST, OF_EACH * steady.length);
  let made = 0;
  const worker = async (): Promise<void> => {
    while (made < most && container.now() < until) {
      const it = steady[made % steady.length]!;
      made += 1;
      const name = nameOf(it);
      if (worse.has(name)) continue;
      const after = (asked.get(name) ?? 0) + 1;
      asked.set(name, after);
      const answer = await container.request({ ...it.request, timeoutMs: UNDECLARED_MS });
      if (isWorse(answer) && !worse.has(name)) worse.set(name, { name, firstStatus: statusOf(it.answer), after, answer });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const lasting = await Promise.all([...worse.values()].map((it) => askAgain(container, it, steady)));
  return { made: [...asked.values()].reduce((a, b) => a + b, 0), routes: steady.length, worse: lasting.flatMap((it) => it ?? []) };
}

async function askAgain(container: Container, worse: Worse, steady: readonly Planned[]): Promise<Worse | undefined> {
  const it = steady.find((planned) => nameOf(planned) === worse.name);
  if (worse.answer.answered || !it) return worse;
  const answer = await container.request({ ...it.request, timeoutMs: PATIENCE_MS });
  return isWorse(answer) ? { ...worse, answer } : undefined;
}

/** RFC 9110, 9.2.1: GET and HEAD are safe. */
const isSteady = ({ request, probe, answer }: Driven): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  probe?.slow !== true &&
  answer.answered &&
  answer.status < 500 &&
  answer.afterMs <= QUICK_MS;

const isWorse = (answer: HttpAnswer): boolean => !answer.answered || answer.status >= 500;
const statusOf = (answer: HttpAnswer): number => (answer.answered ? answer.status : 0);
