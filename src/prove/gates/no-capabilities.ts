import type { LogLine } from '../../run/index.ts';
import { tail } from '../container/log.ts';
import type { Observation } from '../container/observe.ts';
import { nameOf } from '../container/requests.ts';
import { isBroken } from '../container/trial.ts';
import { NOT_UP } from '../container/trial.ts';
import { failed, gate, passed, seen } from '../outcome.ts';
import { count } from '../quantity.ts';
import type { Outcome, Subject } from '../types.ts';

export const noCapabilities = gate({
  id: 'no-capabilities',
  level: 'required',
  promise: 'The service starts and answers without any capability, and no process of it can gain one.',
  why: 'Kubernetes’ restricted standard drops them all; what needs one works on the developer’s machine and nowhere else.',
  source: 'Kubernetes, "Pod Security Standards", Restricted; capabilities(7); PR_SET_NO_NEW_PRIVS',
  needs: ['runner'],
  limit: () => count(0, 'privilege refused', 'privileges refused'),
  async measure(subject) {
    const { best } = await subject.trial();
    const refusal = firstRefusal(best.logs, subject);
    if (!best.readiness.ready) return refusal ? refused('it does not start', refusal, best.logs) : NOT_UP;
    return privileged(best) ?? brokenBy(best, subject) ?? without(best, refusal);
  },
});

interface Refusal {
  readonly line: LogLine;
  /** What it wanted, and what to do instead. */
  readonly wanted: string;
  readonly fix: string;
}

/** Below this, a port needs CAP_NET_BIND_SERVICE: ip-sysctl, `ip_unprivileged_port_start`. Docker lowers it, Kubernetes does not. */
const FIRST_FREE_PORT = 1024;

/** A file that may not be opened: quoted, or as Go, Java and shells print it. A program's own name may stand before what it could not bind. */
const isOfAFile = (text: string): boolean => /['"]\//.test(text) || (/(?:^|[\s`(])\/\w/.test(text) && !/\b(?:bind|listen)/i.test(text));

/** EPERM is what the kernel answers where a capability was missing; for ports it is EACCES: bind(2). */
function firstRefusal(logs: readonly LogLine[], { contract }: Subject): Refusal | undefined {
  const low = contract.ports.find((it) => it.port < FIRST_FREE_PORT)?.port;
  for (const line of logs) {
    if (low !== undefined && /permission denied|\bEACCES\b|\[Errno 13\]/i.test(line.text) && !isOfAFile(line.text))
      return {
        line,
        wanted: `to listen on port ${low} (CAP_NET_BIND_SERVICE)`,
        fix: `listen on a port from ${FIRST_FREE_PORT} on: \`port: 8080\` in plimsoll.yaml; a Service or \`-p ${low}:8080\` maps it`,
      };
    if (/Operation not permitted|\bEPERM\b|\[Errno 1\]/.test(line.text))
      return {
        line,
        wanted: 'what only a privileged process may (changing owners or users, raw sockets, mounts, limits)',
        fix: 'leave it to the image (owners and modes of files), or do without: capabilities(7) says which calls need one',
      };
  }
  return undefined;
}

const refused = (how: string, { line, wanted, fix }: Refusal, logs: readonly LogLine[]): Outcome =>
  failed(
    `${how}: it wants ${wanted}: \`${line.text.trim()}\``,
    fix,
    [seen('refused', line.text.trim()), seen('log', tail(logs))],
    count(1, 'privilege refused', 'privileges refused'),
  );

function privileged({ processes }: Observation): Outcome | undefined {
  const one = processes.find((it) => it.state !== 'zombie' && (it.capabilities !== 0n || (it.bounding !== 0n && !it.noNewPrivileges)));
  if (!one) return undefined;
  return failed(
    `process ${one.pid} (${one.name}) has capabilities, or may gain them`,
    'run it with `--cap-drop ALL --security-opt no-new-privileges`',
    [seen(`process ${one.pid}`, `capabilities ${one.capabilities.toString(16)}, bounding ${one.bounding.toString(16)}`)],
  );
}

/** A request that fails for want of a privilege, probe or not: nothing outside can mend it. */
function brokenBy({ answers, logs, requestsFromMs }: Observation, subject: Subject): Outcome | undefined {
  const broken = answers.find(isBroken);
  const refusal =
    broken &&
    firstRefusal(
      logs.filter((it) => it.atMs >= requestsFromMs),
      subject,
    );
  return broken && refusal ? refused(`${nameOf(broken)} fails`, refusal, logs) : undefined;
}

/** A refusal that the service lives with is told, and is no failure: it works without. */
function without({ processes }: Observation, refusal: Refusal | undefined): Outcome {
  const alive = processes.filter((it) => it.state !== 'zombie');
  return passed([seen('capabilities', `none, in ${count(alive.length, 'process', 'processes').text}; no new privileges`)], {
    measured: count(0, 'privilege refused', 'privileges refused'),
    why: refusal ? `it works although \`${refusal.line.text.trim()}\`` : undefined,
  });
}
