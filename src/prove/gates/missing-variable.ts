import type { Because } from '../../base/index.ts';
import type { ContractVariable } from '../../plan/index.ts';
import type { Container, LogLine, Readiness } from '../../run/index.ts';
import { namesVariable } from '../container/named-variable.ts';
import { tail } from '../container/log.ts';
import { exitText, rootFor } from '../container/start.ts';
import { NOT_UP } from '../container/trial.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import { count, milliseconds } from '../quantity.ts';
import type { Outcome, Subject } from '../types.ts';
import { waitStaysUp } from '../container/observe.ts';

export const missingVariable = gate({
  id: 'missing-variable',
  level: 'required',
  promise: 'Without a variable that it needs, the service does not start, and its log names the variable.',
  why: 'A mistake in a deployment should stop the roll-out with one clear line, not fail the first user.',
  source: 'The Twelve-Factor App, III "Config"',
  needs: ['runner'],
  async measure(subject) {
    const required = subject.contract.environment.filter((it) => it.required && it.value === undefined);
    if (required.length === 0)
      return skipped(
        subject.service
          ? 'the service needs no variable to start'
          : 'an image alone does not say what its service needs: prove the folder that it was built from',
      );
    const trial = await subject.trial();
    if (!trial.best.readiness.ready) return NOT_UP;
    for (const variable of required) {
      const outcome = judge(variable, await startWithout(subject, variable.name, rootFor(trial)), subject);
      if (outcome) return outcome;
    }
    const names = required.map((it) => it.name);
    return passed([seen('started without each of', listed(names, 10))], {
      measured: count(names.length, 'variable named', 'variables named'),
    });
  },
});

interface Attempt {
  readonly readiness: Readiness;
  readonly logs: readonly LogLine[];
}

async function startWithout(subject: Subject, name: string, over: Parameters<Subject['run']>[1]): Promise<Attempt> {
  const environment = Object.fromEntries(subject.values.filter((it) => it.name !== name).map((it) => [it.name, it.value]));
  return subject.run(async (container) => ({ readiness: await endOrAnswer(container, subject), logs: container.logs() }), {
    ...over,
    environment,
  });
}

/** gunicorn listens before its workers have read anything: for HTTP, only an answer counts as started. */
async function endOrAnswer(container: Container, subject: Subject): Promise<Readiness> {
  const up = await waitStaysUp(container, subject);
  const port = subject.contract.ports.find((it) => it.speaks === 'http')?.port;
  if (!up.ready || port === undefined || subject.contract.healthCheck?.path !== undefined) return up;
  const answer = await container.request({ port, method: 'GET', path: '/', timeoutMs: subject.contract.readyWithinMs });
  if (answer.answered) return up;
  const exit = await container.exited(subject.contract.readyWithinMs);
  return exit ? { ready: false, why: 'exited', afterMs: exit.atMs, exit } : up;
}

/** Undefined: as it should be. */
function judge(variable: ContractVariable, { readiness, logs }: Attempt, { contract }: Subject): Outcome | undefined {
  const { name } = variable;
  const evidence: Because = [seen(`log without ${name}`, tail(logs) || 'nothing was printed'), ...variable.because];
  const fix = `where it is read, end with a message: \`sys.exit("${name} is not set")\``;
  if (readiness.ready)
    return failed(
      `without ${name} the service starts all the same`,
      `read ${name} when the service starts, and leave with a message when it is not there`,
      evidence,
    );
  const { exit } = readiness;
  if (!exit) return failed(`without ${name} it neither starts nor ends within ${milliseconds(contract.readyWithinMs).text}`, fix, evidence);
  if (exit.code === 0)
    return failed(`without ${name} it ends with exit 0, as if all were well`, `${fix} (a message as argument gives exit code 1)`, evidence);
  const named = namesVariable(logs, name);
  if (named === 'clearly') return undefined;
  if (named === 'traceback') return failed(`without ${name} it ends with a bare traceback`, fix, evidence);
  return failed(`without ${name} it ends with ${exitText(exit)}, and its last five lines do not name the variable`, fix, evidence);
}
