import type { Memory } from '../../run/index.ts';
import { tail } from '../container/log.ts';
import { memoryLimitOf } from '../container/memory-limit.ts';
import type { Observation } from '../container/observe.ts';
import { NOT_UP } from '../container/trial.ts';
import { failed, gate, passed, seen, skipped, unproven } from '../outcome.ts';
import { bytes } from '../quantity.ts';
import type { Outcome, Subject } from '../types.ts';

export const memoryLimit = gate({
  id: 'memory-limit',
  level: 'required',
  promise: 'Under its memory limit the service is never killed, and what it holds after its requests leaves room for the next.',
  why: 'The kernel kills what reaches its limit, in the middle of what it was doing; a leak does so a day after the release.',
  source: 'cgroup-v2, "Memory Interface Files"; Kubernetes, "Assign Memory Resources to Containers and Pods"',
  needs: ['runner'],
  limit(subject) {
    const limit = memoryLimitOf(subject);
    return limit === undefined ? undefined : bytes(limit);
  },
  async measure(subject) {
    const { best, overLimit } = await subject.trial();
    const limit = memoryLimitOf(subject);
    if (limit === undefined) return skipped(`no limit is named (\`--memory\` does); its peak was ${bytes(best.memory.peakBytes).text}`);
    if (overLimit) return killed(overLimit, subject, limit);
    if (!best.readiness.ready) return NOT_UP;
    return best.memory.how === 'cgroup' ? counted(best.memory, subject, limit) : sampled(best.memory.peakBytes, subject, limit);
  },
});

/** Of the limit, in use after the requests: a tenth is what a busy minute takes on top. */
const ROOM = 0.1;

function killed({ memory, logs, readiness }: Observation, subject: Subject, limit: number): Outcome {
  const when = readiness.ready ? 'while it was asked' : 'before it was ready';
  return failed(
    `the kernel killed a process of it ${when}, at ${bytes(limit).text}${ofWhom(subject)}`,
    raise(subject),
    [seen('log', tail(logs) || 'nothing was printed')],
    bytes(memory.peakBytes),
  );
}

function counted({ peakBytes, inUseBytes }: Extract<Memory, { how: 'cgroup' }>, subject: Subject, limit: number): Outcome {
  const evidence = [
    seen('in use after the requests', `${bytes(inUseBytes).text}, without file cache that nothing uses`),
    seen('peak', `${bytes(peakBytes).text}, file cache among it`),
  ] as const;
  const measured = bytes(inUseBytes);
  if (inUseBytes > (1 - ROOM) * limit)
    return failed(
      `after its requests it holds ${measured.text}, more than ${100 * (1 - ROOM)} % of ${bytes(limit).text}${ofWhom(subject)}`,
      raise(subject),
      evidence,
      measured,
    );
  return passed(evidence, { measured, why: `peak ${bytes(peakBytes).text} with file cache${ofWhom(subject)}` });
}

/** Nothing held it to its limit; a lower bound can only prove that it would not have kept to it. */
function sampled(peakBytes: number, subject: Subject, limit: number): Outcome {
  const seenPeak = `its peak, sampled now and then, was ${bytes(peakBytes).text}`;
  if (peakBytes > limit)
    return failed(`${seenPeak}, above its limit`, raise(subject), [seen('peak, sampled', bytes(peakBytes).text)], bytes(peakBytes));
  if (!isNamed(subject)) return skipped(`no limit is named, and none can be set here; ${seenPeak}`);
  return unproven(
    `no control group can be written, so nothing held the service to its limit; ${seenPeak}`,
    'run as root, or on a machine with cgroup v2 that is delegated to this user',
  );
}

const isNamed = ({ contract }: Subject): boolean => contract.limits.memoryBytes !== undefined;
const ofWhom = (subject: Subject): string =>
  isNamed(subject) ? '' : '; nobody has named a limit: this one is in the files that are written';
const raise = (subject: Subject): string =>
  isNamed(subject)
    ? 'hold less at a time and give back what each request takes, or raise ' +
      (subject.service ? '`limits: {memory: …}` in plimsoll.yaml' : '`--memory`')
    : 'name what it needs: `limits: {memory: 1 GiB}` in plimsoll.yaml; or hold less at a time';
