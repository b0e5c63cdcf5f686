import { pipeline, Readable, type Transform } from 'node:stream';
import { Decompress } from 'fzstd';
import { EnvironmentError, messageOf } from '../base/index.ts';
import { byteSource, type ByteSource } from './tar/index.ts';

/** The largest window that is kept, as zstd(1) itself has it unless it is told otherwise: ZSTD_WINDOWLOG_LIMIT_DEFAULT. */
const WINDOW_BYTES = 2 ** 27;
/** RFC 8878, section 3.1.1.2.4: Block_Maximum_Size. */
const BLOCK_BYTES = 128 * 1024;
const MAGIC = 0xfd2fb528;

/** Node's own since 22.15. */
type CreateDecoder = () => Transform;
const decoderOfNode = async (): Promise<CreateDecoder | false> =>
  ((await import('node:zlib')) as { readonly createZstdDecompress?: CreateDecoder }).createZstdDecompress ?? false;

/**
 * The content of a zstd stream (RFC 8878): all of its frames, one after the other. It is walked block by block, so that
 * no more than one block and the window are in memory, whatever the stream says of itself, and because Node's own zstd
 * stops after the first frame (seen with 22.23 and 24.21) where `zstd:chunked` has thousands. Its checksums are not for
 * us: who reads a layer checks its diff id. `create` makes a decoder, by itself Node's own where it has one; `false` does without.
 * Throws EnvironmentError for a stream that is broken, needs a dictionary, or a larger window.
 */
export async function* unzstd(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  create?: CreateDecoder | false,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = create ?? (await decoderOfNode());
  const source = byteSource(bytes, name, (_, offset, what) => broken(name, `at byte ${offset}: ${what}`));
  try {
    for (let magic = await source.take(4); magic; magic = await source.take(4)) {
      const number = numberOf(magic);
      if (number === MAGIC) yield* decoder ? byNode(frame(source, magic, name), decoder, name) : byScript(frame(source, magic, name), name);
      // Section 3.1.2: frames for others, such as the table of contents of zstd:chunked.
      else if (number >>> 4 === 0x184d2a5) await skip(source, numberOf(await exactly(source, 4, name)));
      else throw broken(name, `at byte ${source.offset() - 4} no frame begins`);
    }
  } finally {
    await source.close();
  }
}

/** The blocks of one frame, the first with the frame's header, the last with what ends it. */
async function* frame(source: ByteSource, magic: Uint8Array, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { header, hasChecksum } = await headerOf(source, magic, name);
  let before: readonly Uint8Array[] = header;
  for (let isLast = false; !isLast;) {
    const head = await exactly(source, 3, name);
    const fields = numberOf(head);
    isLast = (fields & 1) === 1;
    const isRepeated = ((fields >> 1) & 3) === 1;
    const size = fields >> 3;
    if (size > BLOCK_BYTES) throw broken(name, `a block of ${size} bytes`);
    const content = await exactly(source, isRepeated ? 1 : size, name);
    const checksum = isLast && hasChecksum ? [await exactly(source, 4, name)] : [];
    yield Buffer.concat([...before, head, content, ...checksum]);
    before = [];
  }
}

async function* byNode(
  blocks: AsyncIterable<Uint8Array>,
  create: CreateDecoder,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = pipeline(Readable.from(blocks, { objectMode: false }), create(), () => {});
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    throw error instanceof EnvironmentError ? error : broken(name, messageOf(error), error);
  }
}

async function* byScript(blocks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const made: Uint8Array[] = [];
  const decoder = new Decompress((piece) => made.push(piece));
  const push = (block: Uint8Array, isEnd = false): Uint8Array[] => {
    try {
      decoder.push(block, isEnd);
    } catch (error) {
      throw broken(name, messageOf(error), error);
    }
    return made.splice(0);
  };
  for await (const block of blocks) yield* push(block);
  yield* push(new Uint8Array(), true); // a frame of a few bytes waits for this
}

/** RFC 8878, section 3.1.1.1. */
async function headerOf(source: ByteSource, magic: Uint8Array, name: string): Promise<{ header: Uint8Array[]; hasChecksum: boolean }> {
  const descriptor = await exactly(source, 1, name);
  const flags = descriptor[0] ?? 0;
  const isSingle = (flags & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  if ((flags & 3) !== 0) throw broken(name, 'it was compressed with a dictionary');
  const window = await exactly(source, isSingle ? 0 : 1, name);
  const size = await exactly(source, sizeBytes, name);
  const bytes = isSingle ? numberOf(size) + (sizeBytes === 2 ? 256 : 0) : windowOf(window[0] ?? 0);
  if (bytes > WINDOW_BYTES) throw broken(name, `a window of ${bytes} bytes, more than zstd itself allows`);
  return { header: [magic, descriptor, window, size], hasChecksum: (flags & 4) !== 0 };
}

/** Section 3.1.1.1.2. */
const windowOf = (descriptor: number): number => {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
};

/** Little-endian. */
const numberOf = (bytes: Uint8Array): number => bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);

async function exactly(source: ByteSource, length: number, name: string): Promise<Uint8Array> {
  const bytes = length === 0 ? new Uint8Array() : await source.take(length);
  if (!bytes) throw broken(name, 'it ends too early');
  return bytes;
}

async function skip(source: ByteSource, length: number): Promise<void> {
  for (let left = length; left > 0;) left -= (await source.some(left)).length;
}

const broken = (name: string, what: string, cause?: unknown): EnvironmentError =>
  new EnvironmentError(`${name} is broken zstd: ${what}`, 'the image is damaged: make it or fetch it again', 'permanent', { cause });
