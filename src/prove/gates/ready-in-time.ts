import type { RuntimeContract } from '../../plan/index.ts';
import type { Outcome, Trial } from '../types.ts';
import { deniedIn, outwardFailure, tail } from '../container/log.ts';
import { whyNotReady } from '../container/start.ts';
import { failed, gate, passed, seen } from '../outcome.ts';
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
    return subject.contract.lifetime === 'job' ? judgeJob(trial, subject.contract.readyWithinMs) : judge(trial, subject.contract);
  },
});

const PORTLESS = 'it has no port to wait for: it was taken for ready when it had run for a second';

function judge({ best }: Trial, contract: RuntimeContract): Outcome {
  const limitMs = contract.readyWithinMs;
  const why = contract.ports.length === 0 ? PORTLESS : undefined;
  const { readiness, logs } = best;
  const evidence = [seen('log', tail(logs) || 'nothing was printed')] as const;
  const measured = milliseconds(readiness.afterMs);
  if (best.loopbackOnly)
    return failed(
      'it listens on its loopback alone (127.0.0.1, ::1), where nobody outside of its container can reach it',
      'listen on 0.0.0.0',
      evidence,
      measured,
    );
  if (readiness.ready && readiness.afterMs <= limitMs) return passed([seen('ready', `after ${measured.text}`)], { measured, why });
  if (readiness.ready) return failed(`ready after ${measured.text}`, raise(limitMs), evidence, measured);
  return failed(whyNotReady(readiness, logs), fixFor(best, contract), evidence, measured);
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

function fixFor({ readiness, logs }: Trial['best'], { readyWithinMs, user, writablePaths }: RuntimeContract): string {
  if (outwardFailure(logs))
    return 'give the proof a stand-in: `prove: {doubles: [{file: …, port: …}], env: {…}}` in plimsoll.yaml, or let the service start without its companion';
  const volumes = writablePaths.filter(({ kind }) => kind === 'volume').map(({ path }) => path);
  const denied = deniedIn(logs, volumes);
  if (denied)
    return `a volume begins as its folder is in the image: make it the user's, \`RUN install -d -o ${user.uid} -g ${user.gid} ${denied}\` before VOLUME`;
  if (!readiness.ready && readiness.exit?.code === 0) return 'if it has done its work by then, say so: `lifetime: job` in plimsoll.yaml';
  if (!readiness.ready && readiness.exit) return 'make the start command run; `plimsoll run` shows its whole output';
  return `listen on 0.0.0.0 and on the port of the contract (\`port\` in plimsoll.yaml), or ${raise(readyWithinMs)}`;
}

const raise = (limitMs: number): string =>
  `start faster, or raise \`budget: {ready: …}\` in plimsoll.yaml above ${milliseconds(limitMs).text}`;
