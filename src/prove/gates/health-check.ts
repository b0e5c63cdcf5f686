import type { Because } from '../../base/index.ts';
import { idleProgram, type ExecEnd } from '../../run/index.ts';
import type { HealthSeen, Check } from '../container/health.ts';
import { askToFail, checkOf } from '../container/health.ts';
import { NOT_UP } from '../container/trial.ts';
import { checkUrlOf } from '../check-url.ts';
import { environmentOf } from '../values.ts';
import { failed, gate, passed, seen, skipped, unproven } from '../outcome.ts';
import { count, milliseconds } from '../quantity.ts';
import type { Outcome, Subject } from '../types.ts';

export const healthCheck = gate({
  id: 'health-check',
  level: 'required',
  promise:
    'The health check turns healthy when the service is up, and fails when the service hangs, is not there, or answers with an error.',
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
    if (!best.health.healthy) return unhealthy(best.health, check, subject);
    if (best.exit) return ENDED;
    const end = await best.frozen;
    return end === undefined ? NOT_UP : judge(subject, check, best.health, end);
  },
});

/** Beside a service that has ended there is nothing to run a check in. */
const ENDED = unproven('the service ended while it was asked', 'mend what the gate `probes` found, then prove again');

function unhealthy({ attempts, end }: HealthSeen, check: Check, { service }: Subject): Outcome {
  const how = end.timedOut ? `did not answer within ${milliseconds(check.timeoutMs).text}` : `ended with ${end.code ?? 'a signal'}`;
  const where = service ? '`healthCheck: {path: …}` in plimsoll.yaml' : 'HEALTHCHECK in its Dockerfile';
  const fix = `ask what the service really answers: ${where}, with a program that is in the image`;
  return failed(`the service is up, yet the check ${how} ${attempts} times in a row`, fix, [
    seen(check.argv.join(' '), end.output.trim() || 'no output'),
  ]);
}

/** `frozen`: the check beside all processes of the service stopped. Such a service stays as it is: each retry would end alike. */
async function judge(subject: Subject, check: Check, healthy: HealthSeen, frozen: ExecEnd): Promise<Outcome> {
  const measured = milliseconds(healthy.end.afterMs);
  const whenUp = seen('service up', `exit 0 after ${count(healthy.attempts, 'try', 'tries').text}, ${measured.text}`);
  const http = subject.contract.ports.find((it) => it.speaks === 'http')?.port;
  // Of a protocol of its own nobody knows what it answers. Whether it listens can be asked; that must be asked then.
  if (!isFailure(frozen) && http !== undefined) return HANGS([seen('service frozen', 'exit 0'), whenUp]);
  const stood = await withoutService(subject, check, await askedPort(subject, http));
  if (!stood)
    return isFailure(frozen) ? passed([whenUp, seen('service frozen', saidOf(frozen, check))], { measured, why: NO_STAND_IN }) : UNABLE;
  const { nothing, errors } = stood;
  if (!isFailure(nothing)) return NOBODY_ASKED([seen('nothing listens', 'exit 0'), whenUp]);
  if (errors && !isFailure(errors)) return ANY_STATUS([seen('each answer is 500', 'exit 0'), whenUp]);
  return passed(
    [
      whenUp,
      seen('service frozen', saidOf(frozen, check)),
      seen('nothing listens', saidOf(nothing, check)),
      ...(errors ? [seen('each answer is 500', saidOf(errors, check))] : []),
    ],
    { measured, why: isFailure(frozen) ? statusUnasked(errors, subject) : tellsNoHang(subject) },
  );
}

/** A check may ask another port than the service's own, one for management. */
async function askedPort({ image, values }: Subject, http: number | undefined): Promise<number | undefined> {
  const asked = checkUrlOf((await image.config()).config ?? {}, environmentOf(values));
  return asked?.speaks === 'http' ? asked.port : http;
}

/** The check in a container of the image in which nothing listens, and in which something answers each request with 500. */
async function withoutService(subject: Subject, check: Check, http: number | undefined): Promise<Stood | undefined> {
  if (!idleProgram()) return undefined;
  return subject.run(
    async (container) => {
      const ask = (): Promise<ExecEnd> => askToFail(container, check);
      const nothing = await ask();
      if (http === undefined || !isFailure(nothing)) return { nothing };
      await container.answerAll(http, 500);
      return { nothing, errors: await ask() };
    },
    { argv: 'idle' },
  );
}

interface Stood {
  readonly nothing: ExecEnd;
  /** Absent where the service does not speak HTTP. */
  readonly errors?: ExecEnd;
}

const HANGS = (evidence: Because): Outcome =>
  failed(
    'the check passes although the service hangs: stopped by SIGSTOP, it answers nothing',
    'let it wait for an answer of the service and look at its status: the kernel accepts connections for a program that hangs, and a pid file outlives it; remove `|| true`',
    evidence,
  );
const NOBODY_ASKED = (evidence: Because): Outcome =>
  failed('the check passes although nothing answers', 'let it ask the service: remove `|| true`, and check what it answers', evidence);
const ANY_STATUS = (evidence: Because): Outcome =>
  failed(
    'the check passes although each request is answered with 500',
    'let it look at the status: `curl -f`; `urllib.request.urlopen` raises by itself; with another client compare its status',
    evidence,
  );
const UNABLE = unproven(
  'the check passes beside a service that hangs, and on this processor nothing could stand in the place of one that has ended',
  'let the check wait for an answer of the service',
);
/** Of a service that speaks a protocol of its own nobody knows what an error is. */
const statusUnasked = (errors: ExecEnd | undefined, { service }: Subject): string | undefined =>
  errors || service ? undefined : 'whether it looks at the status of an answer was not asked: `--health /path` says where HTTP is spoken';
const tellsNoHang = ({ service }: Subject): string =>
  `it tells a service that has ended, and none that hangs: ${service ? '`healthCheck: {send: …, expect: …}` in plimsoll.yaml asks for an answer' : 'that is asked of one that speaks HTTP, which `--health /path` says'}`;
const NO_STAND_IN = 'whether it looks at what is answered was not measured: on this processor nothing could stand in the service’s place';

const isFailure = (end: ExecEnd): boolean => end.code !== 0 || end.timedOut;
const saidOf = (end: ExecEnd, check: Check): string =>
  end.timedOut
    ? `no answer within ${milliseconds(check.timeoutMs).text}`
    : `exit ${end.code ?? 'by a signal'} after ${milliseconds(end.afterMs).text}`;
