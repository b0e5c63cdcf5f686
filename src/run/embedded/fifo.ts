import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * Opens a named pipe to read. Not a socket pair, as Node would make: a service may open /dev/stdout, and the kernel
 * refuses that for sockets. Without waiting for a writer; call `start` when there is one, or it would seem to end.
 */
export function openFifo(path: string): { start(): Socket } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { start: () => new Socket({ fd, readable: true, writable: false }) };
}
