import type { Discovery, NeededVariable } from '../prove/index.ts';
import type { ReportStyle } from './plan-report.ts';
import { formatBytes, formatMs } from './units.ts';

/** What a service was seen to need, for people. */
export function discoveryLines(
  { writable, misplaced, memory, readyAfterMs, otherPorts, confirmed, runs }: Discovery,
  variables: readonly NeededVariable[],
  style: ReportStyle,
): string[] {
  const { paint } = style;
  const row = (name: string, text: string): string => `  ${name.padEnd(9)} ${text}`;
  const counted = memory.how === 'cgroup' ? 'in use at most' : 'seen in use, now and then,';
  const tried = variables.length === 0 ? 'these folders and this limit' : 'these folders, these variables and this limit';
  return [
    paint.bold(`Seen in ${runs} runs`),
    ...(writable.length + misplaced.length === 0 ? [row('writes', 'nothing beyond what is declared')] : []),
    ...writable.map(({ path, written }) =>
      row('writes', `${path}  ${paint.dim(written.filter((it) => it !== path).join(', '))}`.trimEnd()),
    ),
    ...misplaced.map(({ path, why }) => row('writes', `${path}: ${paint.yellow(`${why}; write below /tmp, or in a folder of its own`)}`)),
    ...variables.map((it) => row(it.need === 'required' ? 'needs' : 'reads', `${it.name}  ${paint.dim(aboutVariable(it))}`)),
    row('memory', `${formatBytes(memory.seenBytes)} ${counted}; ${formatBytes(memory.limitBytes)} with head room`),
    row('ready', `after ${formatMs(readyAfterMs)}`),
    ...(otherPorts.length === 0 ? [] : [row('listens', `on ${otherPorts.join(', ')} too`)]),
    '',
    confirmed.works
      ? `With a read-only root, ${tried} it ${paint.green('works')}.`
      : `With a read-only root, ${tried} it ${paint.red('does not work')}: ${confirmed.why ?? ''}`,
  ];
}

const aboutVariable = ({ secret, from }: NeededVariable): string =>
  `${secret ? 'a secret; ' : ''}${from === 'source' ? 'its source reads it, and no file declares it' : 'a start without it failed and named it'}`;
