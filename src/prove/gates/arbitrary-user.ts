import type { Container, LogLine, Readiness } from '../../run/index.ts';
import { tail } from '../container/log.ts';
import { waitStaysUp, type Driven } from '../container/observe.ts';
import { nameOf } from '../container/requests.ts';
import { rootFor, whyNotReady } from '../container/start.ts';
import { isBroken, NOT_UP } from '../container/trial.ts';
import { failed, gate, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';
import type { Outcome, Subject, Trial } from '../types.ts';

export const arbitraryUser = gate({
  id: 'arbitrary-user',
  level: 'advised',
  promise: 'The service also works as a user that nobody knew when the image was made, in group 0.',
  why: 'OpenShift gives each project its own user ids; an image that insists on one does not start there.',
  source: 'OpenShift, "Creating images", "Support arbitrary user ids"',
  needs: ['runner', 'owners'],
  async measure(subject) {
    const trial = await subject.trial();
    if (!trial.best.readiness.ready) return NOT_UP;
    const user = userFor(await subject.image.digest());
    const found = await subject.run((container) => tryOut(container, subject, trial), { ...rootFor(trial), user });
    return judge(found, user.uid);
  },
});

/** From here on OpenShift gives ids to projects: `openshift.io/sa.scc.uid-range`. */
const FIRST = 1_000_000_000;

/** Another one for each image, and the same for the same one, so that a failure comes again. */
const userFor = (digest: string): { readonly uid: number; readonly gid: number } => ({
  uid: FIRST + (Number.parseInt(digest.replace(/^\w+:/, '').slice(0, 8), 16) % FIRST),
  gid: 0,
});

interface Tried {
  readonly readiness: Readiness;
  readonly answers: readonly Driven[];
  readonly logs: readonly LogLine[];
}

/** What the service's own user was answered, this one is to be answered too. */
async function tryOut(container: Container, subject: Subject, { best }: Trial): Promise<Tried> {
  const readiness = await waitStaysUp(container, subject);
  const answers: Driven[] = [];
  if (readiness.ready)
    for (const it of best.answers.filter((driven) => !isBroken(driven) && !driven.probe?.slow))
      answers.push({ ...it, answer: await container.request(it.request) });
  return { readiness, answers, logs: container.logs() };
}

function judge({ readiness, answers, logs }: Tried, uid: number): Outcome {
  const log = seen('log', tail(logs) || 'nothing was printed');
  const fix =
    'let group 0 read what the service reads (`chgrp 0`, `chmod g=u`), and look no user up: `getpass.getuser()` and `~` need HOME or a line in passwd';
  if (!readiness.ready && !readiness.exit && logs.every((it) => !/denied|KeyError|uid not found/i.test(it.text)))
    return { outcome: 'unproven', why: `as user ${uid} it was not ready in its time`, remedy: 'prove again when the machine is less busy' };
  if (!readiness.ready) return failed(`as user ${uid} it does not start: ${whyNotReady(readiness, logs)}`, fix, [log]);
  const broken = answers.find(isBroken);
  if (broken) return failed(`as user ${uid}, ${nameOf(broken)} fails, and not as the image’s own user`, fix, [log]);
  return passed([seen('user', `${uid}:0`), seen('ready', `after ${Math.round(readiness.afterMs)} ms`)], {
    measured: count(answers.length, 'request answered', 'requests answered'),
    why: `as ${uid}:0`,
  });
}
