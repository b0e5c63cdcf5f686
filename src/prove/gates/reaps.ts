import type { ContainerProcess } from '../../run/index.ts';
import type { Observation } from '../container/observe.ts';
import { REAPED_WITHIN_MS } from '../container/reaped.ts';
import { NOT_UP } from '../container/trial.ts';
import { failed, gate, listed, passed, seen, unproven } from '../outcome.ts';
import { count, milliseconds } from '../quantity.ts';
import type { Outcome } from '../types.ts';

export const reaps = gate({
  id: 'reaps',
  level: 'required',
  promise: 'No child that has ended stays behind as a zombie, neither the service’s own nor one that is left to process 1.',
  why: 'Each zombie keeps its number; when the limit of processes is reached, the service can start nothing any more.',
  source: 'pid_namespaces(7): process 1 is the parent of every orphan; wait(2), "NOTES"',
  needs: ['runner'],
  limit: () => count(0, 'zombie'),
  async measure(subject) {
    const { best } = await subject.trial();
    return best.readiness.ready ? (ownChildren(best) ?? orphans(best, subject.service !== undefined)) : NOT_UP;
  },
});

const WITHIN = milliseconds(REAPED_WITHIN_MS).text;

function ownChildren({ zombies, processes }: Observation): Outcome | undefined {
  const [first] = zombies;
  if (!first) return undefined;
  const ofOthers = first.parent === 1 && zombies.every((it) => it.parent === 1);
  return failed(
    `after its requests ${count(zombies.length, 'child', 'children').text} stay as zombies, ${WITHIN} and longer: ${listed(zombies.map(nameOf))}`,
    ofOthers
      ? 'wait for what is started (`subprocess.run`, `Popen.wait`); where children start others and end before them: `pid1: tini` in plimsoll.yaml'
      : 'wait for what is started: `subprocess.run`, or `Popen.wait` also when the request fails',
    zombies.slice(0, 10).map((it) => seen(`zombie ${it.pid}`, `${nameOf(it)}, of ${parentOf(it, processes)}`)) as [ReturnType<typeof seen>],
    count(zombies.length, 'zombie'),
  );
}

/** Process 1 must reap what it did not start only where something may leave it such. */
function orphans({ orphan, processes }: Observation, hasSource: boolean): Outcome {
  const evidence = seen('after the requests', `${count(processes.length, 'process', 'processes').text}, no zombie`);
  const measured = count(0, 'zombie');
  if (orphan === undefined) return passed([evidence], { measured, why: hasSource ? NOTHING_FORKS : NOBODY_SEEN });
  switch (orphan) {
    case 'reaped':
      return passed([evidence, seen('an orphan left to process 1', `reaped within ${WITHIN}`)], { measured });
    case 'left':
      return failed(
        `process 1 (${processes[0]?.name ?? 'unknown'}) does not reap a child that it did not start, and the service starts other programs`,
        '`pid1: tini` in plimsoll.yaml; `docker run --init` and `init: true` in compose.yaml do the same',
        [seen('an orphan left to process 1', `a zombie after ${WITHIN}`), evidence],
        count(1, 'zombie'),
      );
    case 'none':
      return UNABLE;
  }
}

const NOTHING_FORKS = 'nothing in the source starts other programs, so process 1 was left no orphan';
const NOBODY_SEEN =
  'nobody but process 1 was seen to start programs, so it was left no orphan: an image alone does not say what its requests start';

const UNABLE = unproven(
  'the service starts other programs, and neither Python nor a shell is in the image to leave process 1 an orphan',
  'set `pid1: tini` in plimsoll.yaml, which reaps them, and let this pass: `--allow-unproven reaps`',
);

const nameOf = ({ name }: ContainerProcess): string => name;

function parentOf({ parent }: ContainerProcess, all: readonly ContainerProcess[]): string {
  const name = all.find((it) => it.pid === parent)?.name;
  return `process ${parent}${name === undefined ? '' : ` (${name})`}`;
}
