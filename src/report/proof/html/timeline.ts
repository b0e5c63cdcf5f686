import type { Moment, SeenRun } from '../../../prove/index.ts';
import { escaped } from '../../markup.ts';
import { cut } from '../../paint.ts';
import { formatMs } from '../../units.ts';
import { percent } from './bars.ts';

/** A row of the drawing: its words above, its bars below. */
interface Lane {
  readonly label: string;
  readonly value: string;
  readonly bars: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly kind: 'wait' | 'work' | 'bad' | 'ticks';
}

/** Pixels. Only the width follows the page's. */
const LANE = 46;
/** Room for the signal's name. */
const SIGNAL = 26;
const AXIS = 30;
/** A share of the width that can still be seen. */
const SHORTEST = 0.005;
/** Characters that fit on a phone. */
const LABEL = 40;

/** A run, drawn from its measured times. Its moments are in the table beside it. */
export function timeline(run: SeenRun): string {
  const lanes = lanesOf(run);
  const end = Math.max(1, ...lanes.flatMap(({ bars }) => bars.map(({ toMs }) => toMs)));
  const signals = run.moments.filter(({ what }) => what === 'signal');
  const top = signals.length === 0 ? 0 : SIGNAL;
  const bottom = top + lanes.length * LANE;
  const marks = signals.map((signal) => signalMark(signal, bottom, signal.atMs / end));
  return `<svg class="timeline" width="100%" height="${bottom + AXIS}" role="img" aria-label="Timeline; the table below says the same">${ticksOf(
    end,
  )
    .map((ms) => tick(ms, ms / end, top, bottom))
    .join('')}${marks.join('')}${lanes.map((lane, i) => drawn(lane, top + i * LANE, end)).join('')}</svg>`;
}

function lanesOf({ moments, log }: SeenRun): readonly Lane[] {
  const of = (...kinds: readonly Moment['what'][]): readonly Moment[] => moments.filter(({ what }) => kinds.includes(what));
  const bars = (all: readonly Moment[]) => all.map(({ fromMs, atMs }) => ({ fromMs, toMs: atMs }));
  const lanes: Lane[] = [];
  const [start] = of('ready', 'not ready');
  if (start) {
    const isReady = start.what === 'ready';
    lanes.push({
      label: 'Start',
      value: isReady ? `ready after ${formatMs(start.atMs)}` : start.says,
      bars: bars([start]),
      kind: isReady ? 'wait' : 'bad',
    });
  }
  const checks = of('healthy', 'unhealthy');
  const last = checks.at(-1);
  if (last)
    lanes.push({
      label: 'Health check',
      value: `${last.what}, ${formatMs(last.atMs - last.fromMs)}`,
      bars: bars(checks),
      kind: last.what === 'healthy' ? 'work' : 'bad',
    });
  const requests = of('request');
  const [only] = requests;
  if (only)
    lanes.push({
      label: requests.length === 1 ? 'Request' : 'Requests',
      value: requests.length === 1 ? only.says : String(requests.reduce((sum, { count = 1 }) => sum + count, 0)),
      bars: bars(requests),
      kind: 'work',
    });
  const [signal] = of('signal');
  const left = of('exit', 'still running').find(({ atMs }) => !signal || atMs >= signal.atMs);
  if (signal && left)
    lanes.push({
      label: 'Stop',
      value: `${left.says}, ${formatMs(left.atMs - signal.atMs)} after ${signal.says}`,
      bars: [{ fromMs: signal.atMs, toMs: left.atMs }],
      kind: left.what === 'exit' ? 'wait' : 'bad',
    });
  if (log.lines.length > 0)
    lanes.push({
      label: 'Log',
      value: lineCount(log),
      bars: log.lines.map(({ atMs }) => ({ fromMs: atMs, toMs: atMs })),
      kind: 'ticks',
    });
  return lanes;
}

/** `1 line`, `89 lines`. */
export function lineCount({ lines, leftOut }: SeenRun['log']): string {
  const all = lines.length + leftOut;
  return `${all} ${all === 1 ? 'line' : 'lines'}`;
}

function drawn({ label, value, bars, kind }: Lane, top: number, endMs: number): string {
  const at = (ms: number): string => percent(ms / endMs);
  const shortestMs = endMs * SHORTEST;
  const y = top + 30;
  const shapes = bars.map(({ fromMs, toMs }) =>
    kind === 'ticks'
      ? `<line class="ticks" x1="${at(fromMs)}" y1="${y - 5}" x2="${at(fromMs)}" y2="${y + 5}"/>`
      : `<line class="${kind}" x1="${at(fromMs)}" y1="${y}" x2="${at(Math.max(toMs, fromMs + shortestMs))}" y2="${y}"/>`,
  );
  const words = `<text class="label" x="0" y="${top + 17}">${escaped(label)}</text><text class="value" x="100%" y="${top + 17}">${escaped(cut(value, LABEL))}</text>`;
  return `${words}<line class="track" x1="0" y1="${y}" x2="100%" y2="${y}"/>${shapes.join('')}`;
}

/** The one moment that somebody else chose stands across all lanes. */
function signalMark({ says }: Moment, bottom: number, share: number): string {
  const x = percent(share);
  const side = share > 0.8 ? 'before' : share < 0.2 ? 'after' : 'over';
  return `<line class="signal" x1="${x}" y1="${SIGNAL - 8}" x2="${x}" y2="${bottom}"/><text class="signal ${side}" x="${x}" y="${SIGNAL - 12}">${escaped(says)}</text>`;
}

function tick(ms: number, share: number, top: number, bottom: number): string {
  const side = share < 0.03 ? 'first' : share > 0.94 ? 'last' : '';
  return `<line class="grid" x1="${percent(share)}" y1="${top}" x2="${percent(share)}" y2="${bottom + 6}"/><text class="tick ${side}" x="${percent(share)}" y="${bottom + 22}">${ms === 0 ? '0' : formatMs(ms).replace(/\.?0+ s$/, ' s')}</text>`;
}

/** Round times, six at most. */
function ticksOf(endMs: number): readonly number[] {
  const rough = endMs / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((it) => it * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, i) => i * step);
}
