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
  close(): void;
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
