import { BLOCK, paddingOf, storedBytes, type TarEntry, type TarHead } from './entry.ts';
import { headerReader, type HeaderReader, type Step } from './headers.ts';
import { byteSource, type Bytes, type ByteSource } from './source.ts';
import { withHoles } from './sparse.ts';

/**
 * The entries of a tar as they come: v7, ustar, pax (global headers too) and GNU, sparse files with their holes as
 * zeros. Memory is bounded by 1 MiB and the stream's own chunks. `name` is what errors call it.
 * Throws EnvironmentError, with the offset, at a header that breaks the format, a checksum that is wrong, or an end
 * before the end mark.
 */
export async function* readTar(bytes: Bytes, name = 'tar'): AsyncGenerator<TarEntry, void, undefined> {
  const source = byteSource(bytes, name);
  try {
    yield* entries(source, name);
    await source.drain();
  } finally {
    await source.close();
  }
}

type Taking = Pick<ByteSource, 'offset' | 'take'>;

async function* entries(source: ByteSource, name: string): AsyncGenerator<TarEntry, void, undefined> {
  const headers = headerReader(name);
  for (;;) {
    const step = await nextStep(source, headers);
    if (step.is === 'end') return;
    if (step.is !== 'entry') continue;
    const body = bodyOf(source, step.head);
    yield { ...step.head, offset: source.offset(), content: body.content };
    await body.skip();
  }
}

/** Reads headers up to the next entry, or what else there is. */
export async function nextStep(source: Taking, headers: HeaderReader): Promise<Step> {
  const at = source.offset();
  let step = headers.block(await source.take(BLOCK), at);
  while (step.is === 'more') step = headers.more(await padded(source, step.sizeBytes));
  return step;
}

/** So many bytes, past what fills them up to a block; undefined where the tar ends before. */
async function padded(source: Taking, sizeBytes: number): Promise<Uint8Array | undefined> {
  const bytes = sizeBytes === 0 ? new Uint8Array() : await source.take(sizeBytes);
  const padding = paddingOf(sizeBytes);
  return padding > 0 && (await source.take(padding)) === undefined ? undefined : bytes;
}

/** The content of an entry, and the way past what its consumer left unread. */
function bodyOf(source: ByteSource, head: TarHead): { content(): AsyncIterable<Uint8Array>; skip(): Promise<void> } {
  const stored = storedBytes(head);
  let left = stored;
  let current = true;
  async function* content(): AsyncGenerator<Uint8Array, void, undefined> {
    if (!current) throw new Error(`content of ${head.path} asked for after the next entry`);
    while (left > 0) {
      const piece = await source.some(left);
      left -= piece.length;
      yield piece;
    }
  }
  return {
    content: () => (head.sparse ? withHoles(content(), head.sparse, head.sizeBytes) : content()),
    async skip() {
      current = false;
      for (let rest = left + paddingOf(stored); rest > 0;) rest -= (await source.some(rest)).length;
    },
  };
}
