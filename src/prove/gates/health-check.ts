import type { ExecEnd } from '../../run/index.ts';
import type { HealthSeen, Check } from '../container/health.ts';
import { checkOf } from '../container/health.ts';
import { idleArgv } from '../container/idle.ts';
import { NOT_UP } from '../container/trial.ts';
import { failed, gate, passed, seen, skipped, unproven } from '../outcome.ts';
import { milliseconds } from '../quantity.ts';
import type { Outcome, Subject } from '../types.ts';

export const healthCheck = gate({
  id: 'health-check',
  level: 'required',
  promise: 'The health check turns healthy when the service is up, and fails when the service hangs.',
  why: 'A check that always passes hides a dead service; one that never does restarts a good one for ever.',
  source: 'Dockerfile reference, "HEALTHCHECK": a check that fails or takes longer than its timeout, `retries` times in a row',
  needs: ['runner'],
  async measure(subject) {
    const check = await checkOf(subject.image, subject.contract);
    if (!check)
      return skipped(
        `the image has no health check: ${subject.service ? '`healthCheck` in plimsoll.yaml declares one' : 'HEALTHCHECK in its Dockerfile declares one'}`,
      );
    const { best } = await subject.trial();
    if (!best.readiness.ready || !best.health) return NOT_UP;
    if (!best.health.healthy) return unhealthy(best.health, check);
    if (best.exit) return ENDED;
    const end = await best.frozen;
    return end === undefined ? NOT_UP : judge(subject, check, best.health, end);
  },
});

/** Beside a service that has ended there is nothing to run a check in. */
const ENDED = unproven('the service ended while it was asked', 'mend what the gate `probes` found, then prove again');

function unhealthy({ attempts, end }: HealthSeen, check: Check): Outcome {
  const how = end.timedOut ? `did not answer within ${milliseconds(check.timeoutMs).text}` : `ended with ${end.code ?? 'a signal'}`;
  const fix = 'ask what the service really answers: `healthCheck: {path: …}` in plimsoll.yaml, with a program that is in the image';
  return failed(`the service is up, yet the check ${how} ${attempts} times in a row`, fix, [
    seen(check.argv.join(' '), end.output.trim() || 'no output'),
  ]);
}

/** `frozen`: the check beside all processes of the service stopped. Such a service stays as it is: each retry would end alike. */
async function judge(subject: Subject, check: Check, healthy: HealthSeen, frozen: ExecEnd): Promise<Outcome> {
  const measured = milliseconds(healthy.end.afterMs);
  const whenUp = seen('service up', `exit 0 after ${healthy.attempts} of ${check.retries} tries, ${measured.text}`);
  if (isFailure(frozen)) return passed([whenUp, seen('service frozen', saidOf(frozen, check))], { measured });
  if (subject.contract.ports.every((it) => it.speaks === 'tcp')) return withoutService(subject, check, healthy);
  return failed(
    'the check passes although the service hangs: stopped by SIGSTOP, it answers nothing',
    'let it wait for an answer of the service and look at its status: the kernel accepts connections for a program that hangs, and a pid file outlives it; remove `|| true`',
    [seen('service frozen', 'exit 0'), whenUp],
  );
}

/** Of a protocol of its own nobody knows what it answers. Whether it listens can be asked; that must be asked then. */
async function withoutService(subject: Subject, check: Check, { end }: HealthSeen): Promise<Outcome> {
  const sleeper = await idleArgv(subject);
  if (!sleeper)
    return unproven(
      'the check passes beside a service that hangs, and nothing in the image could stand in the place of one that has ended',
      'let the check wait for an answer of the service',
    );
  const dead = await subject.run((container) => container.exec(check.argv, check.timeoutMs), { argv: sleeper });
  if (isFailure(dead))
    return passed([seen('nothing listens', saidOf(dead, check)), seen('service frozen', 'exit 0')], {
      measured: milliseconds(end.afterMs),
      why: 'it tells a service that has ended, and none that hangs: `healthCheck: {send: …, expect: …}` in plimsoll.yaml asks for an answer',
    });
  return failed('the check passes although nothing answers', 'let it ask the service: remove `|| true`, and check what it answers', [
    seen('nothing listens', 'exit 0'),
  ]);
}

const isFailure = (end: ExecEnd): boolean => end.code !== 0 || end.timedOut;
const saidOf = (end: ExecEnd, check: Check): string =>
  end.timedOut
    ? `no answer within ${milliseconds(check.timeoutMs).text}`
    : `exit ${end.code ?? 'by a signal'} after ${milliseconds(end.afterMs).text}`;
