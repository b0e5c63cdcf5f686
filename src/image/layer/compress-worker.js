// A worker thread: each message is a piece of the input, null the end; each answer is what came of it.
import { parentPort } from 'node:worker_threads';
import { gzipper } from './gzip.js';

const gzip = gzipper();
parentPort.on('message', (piece) => {
  const made = gzip(piece ?? new Uint8Array(), piece === null);
  parentPort.postMessage(
    made,
    made.map((chunk) => chunk.buffer),
  );
});
