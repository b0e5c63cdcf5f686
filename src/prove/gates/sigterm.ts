import { exitText, rootFor } from '../container/start.ts';
import { beginInFlight, type InFlight } from '../container/in-flight.ts';
import { leftBehind, steadyFinishers } from '../container/left-behind.ts';
import { tail } from '../container/log.ts';
import { waitUp } from '../container/observe.ts';
import { NOT_UP } from '../container/trial.ts';
import { stopSignalOf } from '../image-contract.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import { milliseconds } from '../quantity.ts';
import type { Container, ContainerProcess, Exit, HttpAnswer, LogLine, RunOptions } from '../../run/index.ts';
import type { Outcome, Subject } from '../types.ts';

export const sigterm = gate({
  id: 'sigterm',
  level: 'required',
  promise: 'On its stop signal the service finishes what it has begun and leaves within its grace.',
  why: 'Every roll-out sends SIGTERM; what is cut off there, a user loses.',
  source: 'Kubernetes, "Pod Lifecycle", "Termination of Pods"; pid_namespaces(7): PID 1 has no default action',
  needs: ['runner', 'signals'],
  alone: true,
  limit: ({ contract }) => milliseconds(contract.stop.graceMs),
  async measure(subject) {
    const { config = {} } = await subject.image.config();
    if (!subject.service && stopSignalOf(config) === undefined) return unsent(config.StopSignal);
    const trial = await subject.trial();
    if (!trial.best.readiness.ready) return NOT_UP;
    const end = await subject.run((container) => stop(container, subject), rootFor(trial));
    if (end === undefined) return isJob(subject) ? OVER : NOT_UP_AGAIN;
    const outcome = judge(end, subject);
    return outcome.outcome === 'passed' && end.finishers.length > 0 ? waitedFor(outcome, end, subject, rootFor(trial)) : outcome;
  },
});

const unsent = (signal: string | undefined): Outcome => ({
  outcome: 'unproven',
  why: `the image’s stop signal is ${signal}, and only SIGTERM, SIGINT and SIGQUIT are measured`,
  remedy: '`STOPSIGNAL SIGTERM`, where the program handles that too; or `--skip sigterm`',
});

/** It had been ready before: the second start took longer than the contract allows. */
const NOT_UP_AGAIN = {
  outcome: 'unproven',
  why: 'the service became ready once, and not in its time when it was started again to be stopped',
  remedy: 'prove again when the machine is less busy, or give it more time: `budget: { ready: … }` in plimsoll.yaml',
} as const;

const OVER = skipped('the job is done before a signal could find it at work');

const isJob = ({ contract }: Subject): boolean => contract.lifetime === 'job';
const isUp = async (container: Container, subject: Subject): Promise<boolean> => (await waitUp(container, subject)).ready;

/** By then a program has set its handlers. */
const AT_WORK_MS = 1000;

/** True while a job is doing what it is for. */
const atWork = async (container: Container): Promise<boolean> => (await container.exited(AT_WORK_MS)) === undefined;

interface Stopped {
  readonly inFlight: InFlight;
  readonly answer?: HttpAnswer;
  readonly exit?: Exit;
  /** From the signal to the end, or to the end of the grace. */
  readonly tookMs: number;
  readonly logs: readonly LogLine[];
  /** Processes beside process 1 that handle the signal. */
  readonly finishers: readonly ContainerProcess[];
}

async function stop(container: Container, subject: Subject): Promise<Stopped | undefined> {
  const { signal, graceMs } = subject.contract.stop;
  if (!(await (isJob(subject) ? atWork(container) : isUp(container, subject)))) return undefined;
  const finishers = await steadyFinishers(container, signal);
  const inFlight = await beginInFlight(container, subject);
  const signalled = container.now();
  await container.kill(signal);
  const answering = inFlight.pending?.finish();
  const exit = await container.exited(graceMs);
  const tookMs = (exit?.atMs ?? container.now()) - signalled;
  // A service that is still there is taken down with the container: its answer no longer counts.
  const answer = exit ? await answering : undefined;
  return { inFlight, ...(answer ? { answer } : {}), ...(exit ? { exit } : {}), tookMs, logs: container.logs(), finishers };
}

/** A clean end of process 1 says nothing of those that it should have told and waited for: they are killed then. */
async function waitedFor(outcome: Outcome, { tookMs }: Stopped, subject: Subject, over: Partial<RunOptions>): Promise<Outcome> {
  const { signal } = subject.contract.stop;
  const left = await subject.run(
    async (container) =>
      (await (isJob(subject) ? atWork(container) : isUp(container, subject)))
        ? leftBehind(container, signal, tookMs, (exit) => isClean(exit, signal))
        : undefined,
    over,
  );
  if (left === undefined) return NOT_UP_AGAIN;
  if (left.length === 0) return outcome;
  const names = left.map(({ pid, name }) => `process ${pid} (${name})`);
  return failed(
    `process 1 leaves after ${signal} without waiting for ${listed(names)}, which would have handled it and is killed instead`,
    `let process 1 pass ${signal} on and wait: \`exec\` before the last command of a start script; \`Popen.wait\`, or a server that waits for its workers; an init such as tini waits for the first program alone`,
    [seen('left behind', listed(names, 10))],
    milliseconds(tookMs),
  );
}

function judge({ inFlight, answer, exit, tookMs, logs }: Stopped, { contract }: Subject): Outcome {
  const { signal, graceMs } = contract.stop;
  const measured = milliseconds(tookMs);
  const evidence = [seen('log', tail(logs) || 'nothing was printed')] as const;
  if (!exit) {
    const fix = `handle ${signal} in the process that the start command runs, in exec form: PID 1 has no default action for signals; \`pid1: tini\` in plimsoll.yaml passes it on`;
    return failed(
      `still running ${milliseconds(graceMs).text} after ${signal}: an orchestrator would kill it now`,
      fix,
      evidence,
      measured,
    );
  }
  if (!isClean(exit, signal))
    return failed(
      `it ended with ${exitText(exit)} after ${signal}`,
      `leave with exit code 0 after ${signal}: finish, close, return`,
      evidence,
      measured,
    );
  if (inFlight.pending && !isWhole(answer)) {
    const got = answer?.answered ? `got ${answer.status}` : `was cut off (${answer?.why ?? 'no answer'})`;
    return failed(
      `${inFlight.what} was in flight when ${signal} came, and ${got}`,
      'stop accepting, then wait for the requests that are being answered: uvicorn and gunicorn do so within their graceful timeout',
      evidence,
      measured,
    );
  }
  const inTime = seen('stop', `${exitText(exit)} ${measured.text} after ${signal}`);
  if (!inFlight.pending) return passed([inTime], { measured, why: `requests in flight were not measured: ${inFlight.why}` });
  return passed([inTime, seen('in flight', `${inFlight.what} was answered ${answer?.answered ? answer.status : ''} after the signal`)], {
    measured,
  });
}

const NUMBERS = { SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

/** Exit 0, the shell's number for the signal, or death by it. Nobody here sends SIGKILL: who dies by it did not stop. */
const isClean = (exit: Exit, signal: keyof typeof NUMBERS): boolean =>
  exit.code === 0 || exit.code === 128 + NUMBERS[signal] || exit.signal === signal;

const isWhole = (answer: HttpAnswer | undefined): boolean => answer?.answered === true && answer.status < 500;
