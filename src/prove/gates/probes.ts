import type { Because } from '../../base/index.ts';
import { shortfall, shortfallOfText } from '../container/expected.ts';
import { missingModule, outwardFailure, tail } from '../container/log.ts';
import type { Driven, Observation } from '../container/observe.ts';
import { isHttp, nameOf } from '../container/requests.ts';
import { isSilent, TIMED_OUT } from '../container/routes.ts';
import { exitText } from '../container/start.ts';
import { isBroken, NOT_UP } from '../container/trial.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import { count } from '../quantity.ts';
import type { HttpProbe, Outcome, Trial } from '../types.ts';

export const probes = gate({
  id: 'probes',
  level: 'required',
  promise: 'The service answers as its probes say, and goes on answering when it is asked a hundred times.',
  why: 'Leaked connections, files written on a visit, and imports inside handlers hide behind the first request.',
  source: 'plimsoll.yaml, `probes`; RFC 9110, 9.2.1 "Safe Methods"',
  needs: ['runner'],
  async measure(subject) {
    if (subject.contract.lifetime === 'job' && subject.probes.length === 0) return skipped('a job answers nobody: it ends when it is done');
    const trial = await subject.trial();
    if (!trial.best.readiness.ready) return NOT_UP;
    const unasked = subject.probes.filter(isHttp).at(0);
    if (unasked && !subject.contract.ports.some((it) => it.speaks === 'http')) return noHttp(unasked);
    const shown = withItsRoot(trial);
    return (
      ended(shown) ??
      mute(shown) ??
      unmet(shown, subject.service !== undefined) ??
      unmetText(shown) ??
      withoutModule(shown) ??
      worsened(shown) ??
      answering(shown, subject.service !== undefined)
    );
  },
});

const noHttp = ({ method, path }: HttpProbe): Outcome =>
  failed(
    `\`${method} ${path}\` cannot be asked: nothing in the source speaks HTTP`,
    'ask in its own protocol: `probes: [{tcp: PORT, send: …, expect: …}]` in plimsoll.yaml',
    [seen('probe', `${method} ${path}`)],
  );

/** What a read-only root breaks is told by the gate of that name. */
const withItsRoot = ({ best, writable }: Trial): Observation => (writable?.readiness.ready ? writable : best);

function ended({ exit, answers, logs }: Observation): Outcome | undefined {
  if (!exit) return undefined;
  const first = answers.find((it) => !it.answer.answered);
  return failed(
    `it ended (${exitText(exit)}) while it was asked${first ? `; ${nameOf(first)} was the first without an answer` : ''}`,
    'answer with an error where something goes wrong: a request must not end the service for all others',
    [seen('log', tail(logs) || 'nothing was printed')],
  );
}

/**
 * It listens, and nobody is there: the kernel accepts connections for a program whose thread has died. Who closes a
 * connection is there, and refuses this caller.
 */
function mute({ anybody, logs }: Observation): Outcome | undefined {
  if (!anybody || !isSilent(anybody) || anybody.answer.answered || anybody.answer.why !== TIMED_OUT) return undefined;
  return failed(
    `it listens and answers nothing, not even that it has no \`${anybody.request.path}\``,
    'answer while the service is up, and end when the thread that serves does; a health check finds it out in production',
    [seen(nameOf(anybody), anybody.answer.why), seen('log', tail(logs) || 'nothing was printed')],
  );
}

function unmet({ answers, logs }: Observation, hasSource: boolean): Outcome | undefined {
  const first = answers.find((it) => it.probe && isBroken(it));
  if (!first) return undefined;
  const { answer, probe } = first;
  const outward = outwardFailure(logs);
  const fix = !hasSource
    ? 'mend the route, or what `--probe` expects of it; stand-ins for what is outside are named where the folder that it was built from is proven'
    : outward
      ? 'give the proof a stand-in: `prove: {doubles: …}` or `prove: {companions: …}` in plimsoll.yaml'
      : 'mend the route, or its line under `probes:` in plimsoll.yaml';
  const closed = outward ? '; a connection outward failed, and the proof’s network is closed' : '';
  return failed(`${nameOf(first)} ${shortfall(answer, probe?.expect ?? {})}${closed}`, fix, [
    outward ? seen('log', outward.text.trim()) : seen(nameOf(first), answer.answered ? answer.body.slice(0, 200) : answer.why),
  ]);
}

function unmetText({ spoken, logs }: Observation): Outcome | undefined {
  for (const { probe, came } of spoken) {
    const why = shortfallOfText(came, probe);
    if (why === undefined) continue;
    return failed(
      `\`${probe.send.trim()}\` on port ${probe.port}: ${why}`,
      'mend the answer, or the lines under `probes:` in plimsoll.yaml',
      [seen('log', tail(logs) || 'nothing was printed')],
    );
  }
  return undefined;
}

/** A route that nobody declared may fail for want of something outside; a module is nothing outside. */
function withoutModule({ answers, logs, undeclaredFromMs }: Observation): Outcome | undefined {
  const broken = answers.find((it) => !it.probe && isBroken(it));
  const line = broken && missingModule(logs.filter((it) => it.atMs >= undeclaredFromMs));
  if (!broken || !line) return undefined;
  return failed(
    `${nameOf(broken)} fails because a module is missing: \`${line.text.trim()}\``,
    'add the distribution that has it to the dependencies; imports inside functions run at the first request only',
    [seen('log', line.text.trim())],
  );
}

function worsened({ drive, logs }: Observation): Outcome | undefined {
  const [first] = drive?.worse ?? [];
  if (!drive || !first) return undefined;
  const { answer } = first;
  const got = answer.answered ? `answered ${answer.status}` : `was not answered (${answer.why})`;
  const evidence: Because = [
    seen(first.name, `${first.firstStatus} at first; request ${first.after}: ${got}`),
    seen('log', tail(logs) || 'nothing was printed'),
  ];
  return failed(
    `${first.name} ${got} at the ${nth(first.after)} request, and ${first.firstStatus} at the first`,
    'give back what each request takes: connections to their pool, files, locks, also when the request fails',
    evidence,
    count(drive.made, 'request'),
  );
}

function answering({ answers, spoken, drive }: Observation, hasSource: boolean): Outcome {
  const declared = answers.filter((it) => it.probe).length + spoken.length;
  const broken = answers.filter((it) => !it.probe && isBroken(it));
  const silent = answers.filter((it) => !it.probe && isSilent(it));
  const [first] = silent;
  if (!hasSource && first && silent.length === answers.length && spoken.length === 0) return skipped(unansweredOf(first));
  const made = answers.length + spoken.length + (drive?.made ?? 0);
  if (made === 0)
    return skipped(
      hasSource
        ? 'there is nothing to ask: the source has no route without parameters, and `probes:` in plimsoll.yaml names none'
        : 'an image alone does not say what can be asked: `--probe "GET / 200"` does',
    );
  return passed(
    [
      seen('probes', declared === 0 ? 'none declared' : `${declared} answered as they were to be`),
      seen(
        'many requests',
        drive && drive.routes > 0 ? `${drive.made} to ${count(drive.routes, 'route').text}` : 'none that is safe and quick',
      ),
    ],
    { measured: count(made, 'request'), why: notesOf(broken, silent) },
  );
}

const noteOf = (broken: readonly Driven[]): string =>
  `${listed(broken.map((it) => `${nameOf(it)} ${it.answer.answered ? it.answer.status : ''}`.trim()))} from the first request on, which no probe speaks of: it may need what is outside`;

function notesOf(broken: readonly Driven[], silent: readonly Driven[]): string | undefined {
  const notes = [...(broken.length > 0 ? [noteOf(broken)] : []), ...(silent.length > 0 ? [silenceOf(silent)] : [])];
  return notes.length > 0 ? notes.join('; ') : undefined;
}

/** It is what the image's own check asks, with its own headers and patience. */
const unansweredOf = (it: Driven): string =>
  `${nameOf(it)} was not answered to the proof (${it.answer.answered ? '' : it.answer.why}), twice: it may ask for a host, a header or more time, and an image alone does not say which`;

/** A stream sends its head; who waits for an event sends nothing, as who hangs. */
const silenceOf = (silent: readonly Driven[]): string =>
  `${listed(silent.map(nameOf))} sent nothing, twice: it waits for something, or hangs; a line under \`probes:\` in plimsoll.yaml tells which`;

const nth = (number: number): string =>
  `${number}${/1[123]$/.test(String(number)) ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')}`;
