import type { Digest } from '../../base/node.ts';
import { paddingOf, storedBytes } from './entry.ts';
import type { PlacedHead } from './file-source.ts';
import { headerReader } from './headers.ts';
import { nextStep } from './read.ts';
import type { ByteSource } from './source.ts';

/** A tar of which headers alone are taken: contents are passed over. */
export interface JumpSource extends Pick<ByteSource, 'offset' | 'take'> {
  skip(length: number): Promise<void>;
}

/** A tar whose headers have been read, and whose contents are read where they lie. */
export interface JumpedTar {
  readonly heads: readonly PlacedHead[];
  /** Bytes of the tar. */
  readonly sizeBytes: number;
  /** Fills `into` with what lies from `offset` on, and says how many bytes that were: fewer where the tar ends. */
  readAt(into: Uint8Array, offset: number): number;
  /** Of what lies there, where the layer's table of contents says it. */
  saidDigest?(content: Range): Digest | undefined;
  /** Brings what will be read, where that is not on this disk. */
  prepare?(wanted: readonly Range[]): Promise<void>;
  close(): void;
}

/** Bytes in a row. */
export interface Range {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Thrown by `readAt` for what has not been brought here: once it is, the work can begin again. */
export class NotFetched extends Error {
  constructor(readonly fetch: () => Promise<void>) {
    super('this part of a layer has not been fetched');
  }
}

/** Does work that may ask for what is not here yet; it begins again then. */
export async function fetchingAsAsked<T>(work: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotFetched)) throw error;
      await error.fetch();
    }
}

/** The entries of a tar of which only headers are taken. Errors as `readTar`. */
export async function* headsFrom(source: JumpSource, name: string): AsyncGenerator<PlacedHead, void, undefined> {
  const headers = headerReader(name);
  for (;;) {
    const step = await nextStep(source, headers);
    if (step.is === 'end') return;
    if (step.is !== 'entry') continue;
    const { head } = step;
    yield Object.assign(head, { offset: source.offset() });
    const stored = storedBytes(head);
    await source.skip(stored + paddingOf(stored));
  }
}
