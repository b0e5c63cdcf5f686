import type { LogLine } from '../types.ts';
import type { Log } from '../log.ts';

/**
 * A log whose lines were timed before it was known when the program started: their times are counted from `startMs`.
 * A line that came before the engine told of the start came at it.
 */
export function sinceStart(log: Log, startMs: number): Log {
  const relative = (line: LogLine): LogLine => ({ ...line, atMs: Math.max(0, line.atMs - startMs) });
  return {
    ...log,
    lines: () => log.lines().map(relative),
    async waitFor(match, withinMs) {
      const found = await log.waitFor((line) => match(relative(line)), withinMs);
      return found && relative(found);
    },
  };
}
