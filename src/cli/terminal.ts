import pc from 'picocolors';
import type { Progress, ProgressEvent } from '../base/index.ts';
import { formatBytes, type Paint } from '../report/index.ts';

const { NO_COLOR, FORCE_COLOR, CI, TERM } = process.env;

/** Colours go to a terminal only; NO_COLOR and a dumb terminal are heeded. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const on = (stream.isTTY && !NO_COLOR && TERM !== 'dumb' && !CI) || (FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && !NO_COLOR);
  return pc.createColors(on === true);
}

/** Columns of the terminal; 100 where there is none. */
export const widthOf = (stream: NodeJS.WriteStream): number => Math.min(stream.columns ?? 100, 140);

/**
 * Progress on stderr: one live line on a terminal; elsewhere a plain line when a task begins and when it has
 * taken long. `stop` clears the live line.
 */
export function progressOn(stream: NodeJS.WriteStream): { progress: Progress; stop: () => void } {
  const live = stream.isTTY === true && !CI && TERM !== 'dumb';
  return live ? liveProgress(stream) : plainProgress(stream);
}

function liveProgress(stream: NodeJS.WriteStream): { progress: Progress; stop: () => void } {
  const running = new Map<string, ProgressEvent>();
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    const text = [...running.values()].map(describe).join('   ');
    stream.write(`\r\u001B[2K${text.slice(0, widthOf(stream) - 1)}`);
  };
  return {
    progress(event) {
      if (event.done) running.delete(event.task);
      else running.set(event.task, { ...running.get(event.task), ...event });
      timer ??= setInterval(draw, 80).unref();
    },
    stop() {
      clearInterval(timer);
      if (timer) stream.write('\r\u001B[2K');
      timer = undefined;
      running.clear();
    },
  };
}

function plainProgress(stream: NodeJS.WriteStream): { progress: Progress; stop: () => void } {
  const said = new Map<string, number>();
  return {
    progress(event) {
      const now = Date.now();
      const before = said.get(event.task);
      if (event.done || (before !== undefined && now - before < 5_000)) return;
      said.set(event.task, now);
      stream.write(`${describe(event)}\n`);
    },
    stop() {},
  };
}

function describe({ task, detail, current, total, unit }: ProgressEvent): string {
  const show = (n: number): string => (unit === 'bytes' ? formatBytes(n) : String(n));
  const count =
    current === undefined
      ? ''
      : ` ${show(current)}${total === undefined ? '' : ` of ${show(total)}`}${unit === undefined || unit === 'bytes' ? '' : ` ${unit}`}`;
  return `${task}${detail === undefined ? '' : `: ${detail}`}${count}`;
}
