// A worker thread: each message is a piece of the input, null the end; each answer is what came of it, and the piece, to be filled again.
import { parentPort } from 'node:worker_threads';
import { gzipper } from './gzip.js';

const gzip = gzipper();
parentPort.on('message', (piece) => {
  const made = gzip(piece ?? new Uint8Array(), piece === null);
  parentPort.postMessage({ made, piece }, [...made.map((chunk) => chunk.buffer), ...(piece === null ? [] : [piece.buffer])]);
});
