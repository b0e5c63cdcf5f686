import type { Container } from '../../run/index.ts';
import type { Subject } from '../types.ts';
import type { Driven } from './observe.ts';
import { UNDECLARED_MS, type Planned } from './requests.ts';

/** Requests that nobody declared are made so many at a time. */
const AT_ONCE = 4;
/** Who sent nothing is waited for so long the second time: a machine may stall. */
const PATIENCE_MS = 3 * UNDECLARED_MS;

/** Asks each route for itself; those that sent nothing once more, beside each other, when all have been asked. */
export async function askRoutes(container: Pick<Container, 'request'>, routes: readonly Planned[]): Promise<readonly Driven[]> {
  const asked: Driven[] = [];
  for (let i = 0; i < routes.length; i += AT_ONCE)
    asked.push(...(await Promise.all(routes.slice(i, i + AT_ONCE).map((it) => ask(container, it)))));
  return Promise.all(asked.map((it) => (isSilent(it) ? askPatiently(container, it) : it)));
}

export async function ask(container: Pick<Container, 'request'>, planned: Planned): Promise<Driven> {
  return { ...planned, answer: await container.request(planned.request) };
}

/** Why there is no answer, as the agent says it of who keeps a connection open and sends nothing. */
export const TIMED_OUT = 'timed out';

/** Of an answer that began something came: a stream. */
export const isSilent = ({ answer }: Driven): boolean => !answer.answered && !answer.partial;

/** As it was asked, so that the answer is held to the same. */
async function askPatiently(container: Pick<Container, 'request'>, asked: Driven): Promise<Driven> {
  return { ...asked, answer: await container.request({ ...asked.request, timeoutMs: PATIENCE_MS }) };
}

/** Nobody has it: who answers HTTP at all says so, with 404 as a rule. */
const NO_ROUTE = '/plimsoll/is-anybody-there';

/**
 * Where nothing answered: a route may wait for an event, a server does not wait to say that it has none of this name.
 * `slowMs`: its own check is answered after so long; two requests that were given up may stand before this one.
 * Undefined where something answered, or nothing speaks HTTP.
 */
export async function askAnybody(
  container: Pick<Container, 'request'>,
  { contract }: Pick<Subject, 'contract'>,
  answers: readonly Driven[],
  slowMs = 0,
): Promise<Driven | undefined> {
  const port = contract.ports.find((it) => it.speaks === 'http')?.port;
  if (port === undefined || answers.some((it) => !isSilent(it))) return undefined;
  return ask(container, { request: { port, method: 'GET', path: NO_ROUTE, timeoutMs: PATIENCE_MS + 3 * slowMs } });
}
