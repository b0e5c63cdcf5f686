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
 * Progress on stderr: one live line on a terminal; elsewhere plain lines: when a task begins, every five seconds,
 * and when it ends after more than one. `stop` clears the live line.
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
  const tasks = new Map<string, { readonly began: number; said: number }>();
  return {
    progress(event) {
      const now = Date.now();
      const task = tasks.get(event.task);
      if (event.done) {
        tasks.delete(event.task);
        if (task && now - task.began >= 1_000) stream.write(`${event.task}: done in ${((now - task.began) / 1000).toFixed(1)} s\n`);
      } else if (!task) {
        tasks.set(event.task, { began: now, said: now });
        // What it is about as a whole: at its beginning the first piece of many says nothing.
        const { detail: _, current: __, ...whole } = event;
        stream.write(`${describe(event.total === undefined ? event : whole)} …\n`);
      } else if (now - task.said >= 5_000) {
        task.said = now;
        stream.write(`${describe(event)}\n`);
      }
    },
    stop() {},
  };
}

function describe({ task, detail, current, total, unit }: ProgressEvent): string {
  const show = (n: number): string => (unit === 'bytes' ? formatBytes(n) : String(n));
  const numbers = [...(current === undefined ? [] : [show(current)]), ...(total === undefined ? [] : [show(total)])].join(' of ');
  const about = [detail, numbers && unit && unit !== 'bytes' ? `${numbers} ${unit}` : numbers].filter(Boolean).join(' ');
  return about === '' ? task : `${task}: ${about}`;
}
