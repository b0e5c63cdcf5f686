import { on } from 'node:events';
import { fixedChunks } from './chunks.ts';

/** Pieces that go into the compressor. Its output depends on them, so this number is an input of every digest. */
const PIECE = 64 * 1024;
/** Below so many bytes no thread is started: an unchanged application must not wait for one. */
const WORTH_A_THREAD = 1024 * 1024;
/** MiB that the thread may fill before it collects: what it makes is sent away at once. */
const YOUNG_MB = 8;
/** Pieces on their way to the thread: 2 MiB. */
const WINDOW = 32;

/**
 * gzip of a stream: the same bytes for the same content, whatever the sizes of its pieces, the machine, the Node version
 * and the thread. `aboutBytes` decides whether a thread is started.
 */
export function compress(bytes: AsyncIterable<Uint8Array>, aboutBytes: number): AsyncIterable<Uint8Array> {
  return aboutBytes < WORTH_A_THREAD ? compressHere(fixedChunks(bytes, PIECE)) : compressInThread(bytes);
}

export async function* compressHere(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { gzipper } = await import('./gzip.js');
  const gzip = gzipper();
  for await (const piece of pieces) yield* gzip(piece, false);
  yield* gzip(new Uint8Array(), true);
}

interface Answer {
  readonly made: readonly Uint8Array[];
  readonly piece: Uint8Array<ArrayBuffer> | null;
}

export async function* compressInThread(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { Worker } = await import('node:worker_threads'); // who only reads images starts no thread
  // Beside this module in the sources and in dist/: see the entries of rolldown.config.mjs.
  const worker = new Worker(new URL('./compress-worker.js', import.meta.url), {
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const answers = on(worker, 'message') as AsyncIterableIterator<[Answer]>;
  // Pieces come back and are filled again: as garbage they would pile up outside of the heap, where nothing collects them soon.
  const spare: Uint8Array<ArrayBuffer>[] = [];
  let pending = 0;
  async function* answersDownTo(count: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (; pending > count; pending -= 1) {
      const [{ made, piece }] = (await answers.next()).value as [Answer];
      if (piece?.length === PIECE) spare.push(piece);
      yield* made;
    }
  }
  try {
    for await (const piece of fixedChunks(bytes, PIECE, spare)) {
      worker.postMessage(piece, [piece.buffer]);
      pending += 1;
      yield* answersDownTo(WINDOW);
    }
    worker.postMessage(null, []);
    pending += 1;
    yield* answersDownTo(0);
  } finally {
    await worker.terminate();
  }
}
