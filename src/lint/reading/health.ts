import { shellArguments } from './shell-arguments.ts';
import type { Source } from './source.ts';
import type { ShellArguments } from './types.ts';

const DURATIONS = ['interval', 'timeout', 'start-period', 'start-interval'];

/** The command of HEALTHCHECK; undefined for `NONE`. */
export function healthCommand(source: Source): ShellArguments | undefined {
  if (source.skip('NONE')) return undefined;
  const seen = new Set<string>();
  while (source.skip('--')) {
    const name = [...DURATIONS, 'retries'].find((known) => source.skip(`${known}=`)) ?? source.refuse();
    if (seen.has(name)) source.refuse();
    seen.add(name);
    // One number and one unit: hadolint knows neither `1m30s` nor `500ms`.
    const value = source.match(name === 'retries' ? /[0-9]+/y : /[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?[smh]/y);
    if (value === undefined) source.refuse();
    source.someSpace();
  }
  if (!source.skipWord('CMD')) source.refuse();
  source.someSpace();
  return shellArguments(source);
}
