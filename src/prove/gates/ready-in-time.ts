import type { RuntimeContract } from '../../plan/index.ts';
import type { Outcome, Subject, Trial } from '../types.ts';
import { deniedIn, outwardFailure, tail } from '../container/log.ts';
import { whyNotReady } from '../container/start.ts';
import { failed, gate, listed, passed, seen, unproven } from '../outcome.ts';
import { milliseconds } from '../quantity.ts';

export const readyInTime = gate({
  id: 'ready-in-time',
  level: 'required',
  promise: 'The service is ready within its time; a job has ended with 0 by then.',
  why: 'A roll-out, a scale-up and a restart after a crash all wait for this.',
  source: 'Kubernetes, "Configure Liveness, Readiness and Startup Probes"',
  needs: ['runner'],
  alone: true,
  limit: ({ contract }) => milliseconds(contract.readyWithinMs),
  async measure(subject) {
    const trial = await subject.trial();
    return subject.contract.lifetime === 'job' ? judgeJob(trial, subject.contract.readyWithinMs) : judge(trial, subject);
  },
});

const PORTLESS = 'it has no port to wait for: it was taken for ready when it had run for a second';

/** It may be that nobody needs them, or that the service is none without them. */
const unheardOf = (ports: readonly number[], heard: readonly number[]): Outcome =>
  unproven(
    `the image exposes several ports: it listens on ${listed(heard.map(String))}, and a second later nothing on ${listed(ports.map(String))}; nobody says which of them its users need`,
    `\`--port ${heard[0]}\` names the one to wait for; a health check in the image that asks its URL does so for everybody`,
  );

function judge({ best }: Trial, { contract, service }: Subject): Outcome {
  const limitMs = contract.readyWithinMs;
  const { readiness, logs } = best;
  const unheard = (readiness.ready && readiness.unheard) || [];
  const why = contract.ports.length === 0 ? PORTLESS : undefined;
  const evidence = [seen('log', tail(logs) || 'nothing was printed')] as const;
  const measured = milliseconds(readiness.afterMs);
  if (best.loopbackOnly)
    return failed(
      'it listens on its loopback alone (127.0.0.1, ::1), where nobody outside of its container can reach it',
      'listen on 0.0.0.0',
      evidence,
      measured,
    );
  if (unheard.length > 0) {
    const heard = contract.ports.map((it) => it.port).filter((it) => !unheard.includes(it));
    return unheardOf(unheard, heard);
  }
  if (readiness.ready && readiness.afterMs <= limitMs) return passed([seen('ready', `after ${measured.text}`)], { measured, why });
  if (readiness.ready) return failed(`ready after ${measured.text}`, raise(limitMs, service !== undefined), evidence, measured);
  return failed(whyNotReady(readiness, logs), fixFor(best, contract, service !== undefined), evidence, measured);
}

function judgeJob({ best: { readiness, logs } }: Trial, limitMs: number): Outcome {
  const evidence = [seen('log', tail(logs) || 'nothing was printed')] as const;
  const measured = milliseconds(readiness.afterMs);
  if (readiness.ready) return passed([seen('ended', `exit 0 after ${measured.text}`)], { measured });
  const fix = readiness.exit
    ? 'a job ends with 0 when it has done its work; `plimsoll run` shows its whole output'
    : `do it quicker, raise \`budget: {ready: …}\` in plimsoll.yaml above ${milliseconds(limitMs).text}, or, if it never ends, leave out \`lifetime: job\``;
  return failed(whyNotReady(readiness, logs), fix, evidence, measured);
}

function fixFor(
  { readiness, logs }: Trial['best'],
  { readyWithinMs, user, writablePaths, ports }: RuntimeContract,
  hasSource: boolean,
): string {
  if (outwardFailure(logs) && !hasSource)
    return 'prove the folder that it was built from, whose plimsoll.yaml can name stand-ins, or let the service start without its companion';
  if (outwardFailure(logs))
    return 'give the proof a stand-in: `prove: {doubles: [{file: …, port: …}], env: {…}}` in plimsoll.yaml, or let the service start without its companion';
  const volumes = writablePaths.filter(({ kind }) => kind === 'volume').map(({ path }) => path);
  const denied = deniedIn(logs, volumes);
  if (denied)
    return `a volume begins as its folder is in the image: make it the user's, \`RUN install -d -o ${user.uid} -g ${user.gid} ${denied}\` before VOLUME`;
  if (!readiness.ready && readiness.exit?.code === 0)
    return hasSource
      ? 'if it has done its work by then, say so: `lifetime: job` in plimsoll.yaml'
      : 'if it is a job, prove the folder that it was built from: `lifetime: job` in plimsoll.yaml says so';
  if (!readiness.ready && readiness.exit) return 'make the start command run; `plimsoll run` shows its whole output';
  const port = hasSource ? 'the port of the contract (`port` in plimsoll.yaml)' : `port ${portsText(ports)} (\`--port\` names another)`;
  return `listen on 0.0.0.0 and on ${port}, or ${raise(readyWithinMs, hasSource)}`;
}

const portsText = (ports: RuntimeContract['ports']): string => ports.map((it) => it.port).join(' or ');

const raise = (limitMs: number, hasSource: boolean): string =>
  `start faster, or raise ${hasSource ? '`budget: {ready: …}` in plimsoll.yaml' : '`--ready`'} above ${milliseconds(limitMs).text}`;
