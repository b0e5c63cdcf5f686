import type { Call } from '../../script/index.ts';
import { familyOf, type Base, type Start } from '../../stages/index.ts';
import { isNoService } from './service.ts';

/**
 * Whether `sh -c` becomes the last program of its script, or stays in front of it. Measured on Debian 12 with
 * `sh -c 'program'` and a look at /proc: dash 0.5.12 always stays; bash 5.2 becomes the last of a plain list; BusyBox
 * 1.35 too. Older bash (before 5.1, "optimizes away forks in lists") only becomes a program that stands alone.
 */
type Habit = 'stays' | 'becomes' | 'unknown';

function habitOf(shell: string | undefined, base: Base): Habit {
  const name = shell?.slice(shell.lastIndexOf('/') + 1) ?? 'sh';
  if (name === 'dash') return 'stays';
  if (name !== 'sh') return 'becomes';
  const family = familyOf(base);
  if (family === 'debian' || family === 'ubuntu') return 'stays';
  return family === undefined ? 'unknown' : 'becomes';
}

export interface KeptSignals {
  /** The program that never hears of SIGTERM. */
  readonly call: Call;
  /** A shell of the name stands in front of it. */
  readonly shell: string;
  /** Nothing but the program: `exec` before it is enough, or no shell at all. */
  readonly alone: boolean;
  readonly piped: boolean;
}

/** Inits that signal all processes, and not only their child: `dumb-init` (its README), `tini -g`. */
const signalsAll = ({ before }: Start): boolean =>
  before.some(
    ({ text }, i) => /(?:^|\/)dumb-init$/.test(text) || (text === '-g' && before.slice(0, i).some((word) => /tini/.test(word.text))),
  );

/** The service that a shell keeps the signals from; undefined where none does, or nobody can tell. */
export function keptSignals(start: Start, base: Base): KeptSignals | undefined {
  const { shell, script } = start;
  const calls = script.calls.filter(({ fate }) => fate !== 'tested');
  const last = calls.at(-1);
  if (shell === undefined || last === undefined || signalsAll(start) || script.calls.some(handlesSignals)) return undefined;
  const name = shell.name?.slice(shell.name.lastIndexOf('/') + 1) ?? 'sh';
  const piped = calls.find(({ pipedInto, program }) => pipedInto === last && program !== '' && !SPEAKS.has(program));
  if (piped !== undefined && calls.at(-2) === piped && !isNoService(piped)) return { call: piped, shell: name, alone: false, piped: true };
  if (piped !== undefined || last.conditional || last.program === '' || isNoService(last) || SPEAKS.has(last.program)) return undefined;
  return habitOf(shell.name, base) === 'stays' ? { call: last, shell: name, alone: calls.length === 1, piped: false } : undefined;
}

/** Builtins, and what a pipe begins with that is no service. */
const SPEAKS = new Set('echo printf yes cat cd export set source . eval exit return read unset wait trap'.split(' '));

/** The script cares for signals itself, or starts several. */
const handlesSignals = ({ program, wrappers, fate }: Call): boolean =>
  wrappers.includes('exec') || /^(?:trap|wait|exec)$/.test(program) || fate === 'lost to &';
