import type { Readable } from 'node:stream';
import type { LogLine } from './types.ts';

/** What a container said: bounded, whatever it prints. */
export interface Log {
  /** Follows a stream until it ends. */
  follow(stream: LogLine['stream'], from: Readable): void;
  lines(): readonly LogLine[];
  waitFor(match: (line: LogLine) => boolean, withinMs: number): Promise<LogLine | undefined>;
  /** Resolves when all streams have ended. */
  readonly drained: () => Promise<void>;
}

/** Lines kept at the beginning, and as many at the end. */
export const KEPT_LINES = 5000;
/** Bytes of a line that are kept; what follows up to the newline is dropped. */
export const LINE_BYTES = 16 * 1024;

/** `now`: milliseconds since the container's start. */
export function boundedLog(now: () => number, onLine?: (line: LogLine) => void): Log {
  const first: LogLine[] = [];
  // A ring: `last[total % KEPT_LINES]` is the oldest when it is full.
  const last: LogLine[] = [];
  let afterFirst = 0;
  const watchers = new Set<(line: LogLine) => void>();
  const ends: Promise<void>[] = [];

  const add = (line: LogLine): void => {
    if (first.length < KEPT_LINES) first.push(line);
    else last[afterFirst++ % KEPT_LINES] = line;
    onLine?.(line);
    for (const watcher of watchers) watcher(line);
  };
  const lines = (): readonly LogLine[] => {
    const oldest = afterFirst > KEPT_LINES ? afterFirst % KEPT_LINES : 0;
    return [...first, ...last.slice(oldest), ...last.slice(0, oldest)];
  };
  return {
    lines,
    follow(stream, from) {
      const splitter = lineSplitter((text) => add({ atMs: now(), stream, text }));
      from.on('data', (chunk: Buffer) => {
        const began = performance.now();
        splitter.push(chunk);
        const tookMs = performance.now() - began;
        if (tookMs > BUSY_MS) rest(from, tookMs);
      });
      ends.push(new Promise((resolve) => from.once('close', () => (splitter.end(), resolve()))));
      from.on('error', () => {}); // closed with the container
    },
    waitFor(match, withinMs) {
      const known = lines().find(match);
      if (known) return Promise.resolve(known);
      return new Promise((resolve) => {
        const finish = (line?: LogLine): void => {
          clearTimeout(timer);
          watchers.delete(watcher);
          resolve(line);
        };
        const watcher = (line: LogLine): void => (match(line) ? finish(line) : undefined);
        const timer = setTimeout(finish, withinMs);
        watchers.add(watcher);
      });
    },
    drained: () => Promise.all(ends).then(() => {}),
  };
}

/** Lines of two bytes fill a pipe faster than they can be kept. Then a service waits, and whoever measures it is heard. */
const BUSY_MS = 2;

/** Leaves a stream alone for as long as its last piece took: half of the time is for others. */
function rest(stream: Readable, forMs: number): void {
  stream.pause();
  setTimeout(() => stream.resume(), forMs);
}

const NEWLINE = 0x0a;

/** Calls `emit` for each line, without its newline and a carriage return before it. Never holds more than a line's bound. */
export function lineSplitter(emit: (text: string) => void): { push(chunk: Buffer): void; end(): void } {
  let held: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer): void => {
    // Copied: a slice would keep its whole chunk alive.
    if (size < LINE_BYTES && part.length > 0) held.push(Buffer.from(part.subarray(0, LINE_BYTES - size)));
    size += part.length;
  };
  const flush = (): void => {
    const text = Buffer.concat(held).toString('utf8');
    const cut = size > LINE_BYTES ? ` … (${size - LINE_BYTES} bytes more)` : '';
    held = [];
    size = 0;
    emit(text.replace(/\r$/, '') + cut);
  };
  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        keep(chunk.subarray(start, end));
        flush();
        start = end + 1;
      }
      keep(chunk.subarray(start));
    },
    end: () => (size > 0 ? flush() : undefined),
  };
}
