import { argvOf } from '../container/start.ts';
import { isErrorLine, isTraceback, outwardFailure, tail } from '../container/log.ts';
import { LINE_WITHIN_MS, observe, type Observation } from '../container/observe.ts';
import { NOT_UP } from '../container/trial.ts';
import { failed, gate, passed, seen, skipped } from '../outcome.ts';
import { count } from '../quantity.ts';
import { isPython } from '../start/launch.ts';
import { environmentOf } from '../values.ts';
import type { LogLine } from '../../run/index.ts';
import type { Outcome, Subject } from '../types.ts';

export const logs = gate({
  id: 'logs',
  level: 'required',
  promise: 'Log lines arrive as they are printed, and a healthy start prints no error.',
  why: 'What waits in a buffer is lost in a crash, when it is needed most; errors that are always there teach people to look away.',
  source: 'The Twelve-Factor App, XI "Logs"; Python, `-u` and PYTHONUNBUFFERED',
  needs: ['runner'],
  async measure(subject) {
    const { best } = await subject.trial();
    if (!best.readiness.ready) return NOT_UP;
    return errors(best) ?? (await buffered(subject, best)) ?? arrived(best);
  },
});

/** Errors while it starts, is asked for its health, and answers what people declared. */
function errors({ logs: lines, undeclaredFromMs }: Observation): Outcome | undefined {
  const found = lines.filter((line) => line.atMs < undeclaredFromMs && (isErrorLine(line.text) || isTraceback(line.text)));
  const [first] = found;
  if (!first || outwardFailure(lines)) return undefined;
  const fix = 'mend what it complains about; log what is expected as a warning, in one line, without a traceback';
  return failed(
    `a healthy run prints ${count(found.length, 'error').text}: \`${first.text.trim()}\``,
    fix,
    [seen('log', tail(lines.slice(lines.indexOf(first)).slice(0, 5)))],
    count(found.length, 'error'),
  );
}

/**
 * Python keeps what goes to a pipe until 8 KiB are full. Whether this service does is seen by running it again with
 * PYTHONUNBUFFERED: lines that come only then were held back.
 */
async function buffered(subject: Subject, { logs: lines, requestsFromMs, readOnlyRoot }: Observation): Promise<Outcome | undefined> {
  if (await isUnbuffered(subject)) return undefined;
  const environment = { ...environmentOf(subject.values), PYTHONUNBUFFERED: '1' };
  const free = await subject.run((container) => observe(container, subject, readOnlyRoot), { environment, readOnlyRoot });
  const held = printed(free.logs, free.requestsFromMs).length - printed(lines, requestsFromMs).length;
  const [example] = printed(free.logs, free.requestsFromMs);
  if (held <= 0 || !example) return undefined;
  const fix = 'set PYTHONUNBUFFERED: `environment: {PYTHONUNBUFFERED: "1"}` in plimsoll.yaml, or print with `flush=True`';
  return failed(
    `lines that a request prints do not arrive within ${LINE_WITHIN_MS / 1000} s: they wait in a buffer`,
    fix,
    [seen('printed, held back', example.text)],
    count(held, 'line held back', 'lines held back'),
  );
}

/** A start command may lead to Python by a script or a shell: only an image without it is surely none of Python's. */
const INTERPRETER = /(^|\/)bin\/(python|pypy)3?(\.\d+)?$/;

async function isUnbuffered({ image, contract, values, tree }: Subject): Promise<boolean> {
  if (![...(await tree()).entries.keys()].some((path) => INTERPRETER.test(path))) return true;
  const argv = argvOf(contract);
  // Its own options alone: `gunicorn -u` names a user.
  const options = argv.slice(argv.findIndex(isPython) + 1);
  const others = options.findIndex((word) => !word.startsWith('-') || word === '-m' || word === '-c');
  if (argv.some(isPython) && options.slice(0, others < 0 ? undefined : others).some((word) => /^-[A-Za-z]*u[A-Za-z]*$/.test(word)))
    return true;
  const set = [...((await image.config()).config?.Env ?? []), ...values.map((it) => `${it.name}=${it.value}`)].findLast((it) =>
    it.startsWith('PYTHONUNBUFFERED='),
  );
  return set !== undefined && set !== 'PYTHONUNBUFFERED=';
}

/** Python's stderr is never held back; only what goes to standard output tells. */
const printed = (lines: readonly LogLine[], fromMs: number): readonly LogLine[] =>
  lines.filter((line) => line.stream === 'stdout' && line.atMs >= fromMs);

function arrived({ logs: lines, requestsFromMs }: Observation): Outcome {
  const came = lines.filter((line) => line.atMs >= requestsFromMs);
  const [first] = came;
  const outward = outwardFailure(lines);
  if (!first)
    return skipped(
      lines.length === 0 ? 'the service prints nothing' : 'the service prints nothing when it is asked, so no line could arrive late',
    );
  return passed([seen('printed by a request', first.text.trim())], {
    measured: count(lines.length, 'line'),
    why: outward
      ? `errors were not judged: a connection outward failed, and the proof's network is closed (\`${outward.text.trim()}\`)`
      : undefined,
  });
}
