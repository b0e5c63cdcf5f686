import type { HealthSeen, Check } from '../container/health.ts';
import { checkOf } from '../container/health.ts';
import { idleArgv } from '../container/idle.ts';
import { waitUp } from '../container/observe.ts';
import { rootFor } from '../container/start.ts';
import { NOT_UP } from '../container/trial.ts';
import { failed, gate, passed, seen, skipped } from '../outcome.ts';
import { milliseconds } from '../quantity.ts';
import type { Outcome, Subject } from '../types.ts';

export const healthCheck = gate({
  id: 'health-check',
  level: 'required',
  promise: 'The health check turns healthy when the service is up, and fails when nothing answers.',
  why: 'A check that always passes hides a dead service; one that never does restarts a good one for ever.',
  source: 'Dockerfile reference, "HEALTHCHECK"',
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
    return deadService(subject, check, best.health);
  },
});

function unhealthy({ attempts, end }: HealthSeen, check: Check): Outcome {
  const how = end.timedOut ? `did not answer within ${milliseconds(check.timeoutMs).text}` : `ended with ${end.code ?? 'a signal'}`;
  const fix = 'ask what the service really answers: `healthCheck: {path: …}` in plimsoll.yaml, with a program that is in the image';
  return failed(`the service is up, yet the check ${how} ${attempts} times in a row`, fix, [
    seen(check.argv.join(' '), end.output.trim() || 'no output'),
  ]);
}

/** In the same image, with something that listens to nothing in place of the service; where it has no such program, a service that hangs. */
async function deadService(subject: Subject, check: Check, healthy: HealthSeen): Promise<Outcome> {
  const measured = milliseconds(healthy.end.afterMs);
  const whenUp = seen('service up', `exit 0 after ${healthy.attempts} of ${check.retries} tries, ${measured.text}`);
  const sleeper = await idleArgv(subject);
  const how = sleeper ? 'nothing listens' : 'the service hangs';
  const end = await subject.run(
    async (container) => {
      if (!sleeper) {
        await waitUp(container, subject);
        await container.freeze();
      }
      return container.exec(check.argv, check.timeoutMs);
    },
    sleeper ? { argv: sleeper } : rootFor(await subject.trial()),
  );
  if (end.code !== 0 || end.timedOut) return passed([whenUp, seen(how, end.timedOut ? 'timed out' : `exit ${end.code}`)], { measured });
  return failed('the check passes although nothing answers', 'let it ask the service: remove `|| true`, and check the answer’s status', [
    seen(how, 'exit 0'),
    whenUp,
  ]);
}
