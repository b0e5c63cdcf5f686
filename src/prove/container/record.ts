import type { Container, LogLine, Readiness, ReadyWhen } from '../../run/index.ts';
import type { LogExcerpt, Moment, SeenRun } from '../types.ts';
import type { Redact } from '../secrets/redact.ts';
import { exitText } from './start.ts';

/** A run as it was recorded; `isTrial`: the one that several gates look at. */
export interface Recording extends Omit<SeenRun, 'purpose'> {
  readonly isTrial: boolean;
}

type Use<T> = (container: Container) => Promise<T>;

/** Writes down what a run asks of its container and what came of it. The gates know nothing of it. */
export const recorded =
  (keep: (recording: Recording) => void, about: Pick<Recording, 'isTrial' | 'readOnlyRoot'>, redact: Redact) =>
  <T>(use: Use<T>): Use<T> =>
  async (container) => {
    const moments: Moment[] = [];
    const add = ({ what, fromMs, atMs, says }: Moment): void =>
      void moments.push({ what, fromMs: Math.round(fromMs), atMs: Math.round(atMs), says: redact(says) });
    // At once: a run that stays frozen for its health check has been seen before it ends.
    keep({
      ...about,
      get moments() {
        return fewRequests(moments.toSorted(inTime));
      },
      get log() {
        return excerptOf(container.logs(), redact);
      },
    });
    return use(listenedTo(container, add));
  };

const inTime = (a: Moment, b: Moment): number => a.fromMs - b.fromMs || a.atMs - b.atMs;

/** The proof makes a hundred requests and more; who reads a report sees so many, and the rest as one. */
const SHOWN_REQUESTS = 24;

function fewRequests(moments: readonly Moment[]): readonly Moment[] {
  const rest = moments.filter(({ what }) => what === 'request').slice(SHOWN_REQUESTS);
  const [first] = rest;
  if (!first || rest.length === 1) return moments;
  const atMs = Math.max(...rest.map((it) => it.atMs));
  const others = moments.filter((it) => !rest.includes(it));
  return [
    ...others,
    { what: 'request', fromMs: first.fromMs, atMs, says: `${rest.length} more requests`, count: rest.length } as const,
  ].toSorted(inTime);
}

const heardOf = ({ port, others = [] }: ReadyWhen, { unheard = [] }: Extract<Readiness, { ready: true }>): string =>
  [port, ...others].filter((it) => !unheard.includes(it)).join(', ');

function listenedTo(container: Container, add: (moment: Moment) => void): Container {
  let isTold = false;
  let hasExited = false;
  let isFrozen = false;
  const exit = (end: NonNullable<Awaited<ReturnType<Container['exited']>>>): void => {
    if (!hasExited) add({ what: 'exit', fromMs: end.atMs, atMs: end.atMs, says: exitText(end) });
    hasExited = true;
  };
  return {
    ...container,
    async waitReady(want, withinMs) {
      const seen = await container.waitReady(want, withinMs);
      const says = seen.ready
        ? `listens on ${heardOf(want, seen)}${want.path === undefined ? '' : `, GET ${want.path} answers`}`
        : seen.why;
      add({ what: seen.ready ? 'ready' : 'not ready', fromMs: 0, atMs: seen.afterMs, says });
      if (!seen.ready && seen.exit) exit(seen.exit);
      return seen;
    },
    async request(request) {
      const fromMs = container.now();
      const answer = await container.request(request);
      const says = `${request.method} ${request.path} ${answer.answered ? answer.status : answer.why}`;
      add({ what: 'request', fromMs, atMs: container.now(), says });
      return answer;
    },
    async begin(request) {
      const fromMs = container.now();
      const pending = await container.begin(request);
      return {
        ...pending,
        async finish() {
          const answer = await pending.finish();
          const says = `${request.method} ${request.path} ${answer.answered ? answer.status : answer.why}`;
          add({ what: 'request', fromMs, atMs: container.now(), says });
          return answer;
        },
      };
    },
    async exec(argv, timeoutMs) {
      const fromMs = container.now();
      const end = await container.exec(argv, timeoutMs);
      const says = end.timedOut ? 'no end in its time' : `exit ${end.code ?? 'by a signal'}`;
      // Of a service that was stopped from outside, nothing is to be seen but that the check finds out.
      if (!isFrozen) add({ what: end.code === 0 ? 'healthy' : 'unhealthy', fromMs, atMs: fromMs + end.afterMs, says });
      return end;
    },
    async freeze() {
      isFrozen = true;
      await container.freeze();
    },
    async kill(signal) {
      const atMs = container.now();
      isTold = true;
      add({ what: 'signal', fromMs: atMs, atMs, says: signal });
      await container.kill(signal);
    },
    async exited(withinMs) {
      const end = await container.exited(withinMs);
      const atMs = container.now();
      if (end) exit(end);
      // What has no port to ask is up when it runs.
      else if (isTold) add({ what: 'still running', fromMs: atMs, atMs, says: 'it has not left' });
      else add({ what: 'ready', fromMs: 0, atMs, says: 'it runs' });
      return end;
    },
  };
}

/** Of a log that is longer, the first and the last so many lines are kept, each up to so many characters. */
const LINES = 40;
const CHARACTERS = 500;

function excerptOf(all: readonly LogLine[], redact: Redact): LogExcerpt {
  const lines = all.length <= 2 * LINES ? all : [...all.slice(0, LINES), ...all.slice(-LINES)];
  return {
    lines: lines.map(({ atMs, stream, text }) => ({ atMs: Math.round(atMs), stream, text: shortened(redact(text)) })),
    leftOut: all.length - lines.length,
  };
}

const shortened = (text: string): string => (text.length <= CHARACTERS ? text : `${text.slice(0, CHARACTERS - 1)}…`);

/** The runs that a report shows: the one that was asked, and the first that was told to stop in the contract's way. */
export function runsToShow(all: readonly Recording[], stopSignal: string): readonly SeenRun[] {
  const trials = all.filter(({ isTrial }) => isTrial);
  const isReady = ({ moments }: Recording): boolean => moments.some(({ what }) => what === 'ready');
  const answers = trials.findLast((run) => run.readOnlyRoot && isReady(run)) ?? trials.findLast(isReady) ?? trials[0];
  const stop = all.find((run) => !run.isTrial && run.moments.some(({ what, says }) => what === 'signal' && says === stopSignal));
  const shown = (purpose: SeenRun['purpose'], run: Recording | undefined): readonly SeenRun[] =>
    run ? [{ purpose, readOnlyRoot: run.readOnlyRoot, moments: run.moments, log: run.log }] : [];
  return [...shown('answers', answers), ...shown('stop', stop)];
}
