import { EnvironmentError, messageOf } from './errors.ts';

/**
 * Unpacks a whole .xz file. The decoder is WebAssembly held in the module itself: no file beside it, no native code.
 * Throws EnvironmentError on damaged or cut data, or when more than `maxBytes` come out.
 */
export async function unxz(data: Uint8Array, what: string, maxBytes = 1024 * 1024 * 1024): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const { default: decoder } = await import('xz-decompress'); // CommonJS: everything is in its default
  const reader = new decoder.XzReadableStream(streamOf(data)).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
      if (size <= maxBytes) continue;
      await reader.cancel(); // the decoder is free for the next only when its stream has ended
      throw new Error(`more than ${maxBytes} bytes come out of it`);
    }
  } catch (error) {
    throw new EnvironmentError(
      `${what} cannot be unpacked: ${messageOf(error)}`,
      'run again; if it stays, the file is broken where it comes from',
      'permanent',
      { cause: error },
    );
  }
  if (!endsWhole(data)) throw new EnvironmentError(`${what} cannot be unpacked: it ends too early`, 'run again', 'transient');
  return Buffer.concat(chunks, size);
}

/** Bytes at once: a Blob would hand them out in small pieces, at a cost. */
function streamOf(data: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (data.length > 0) controller.enqueue(data);
      controller.close();
    },
  });
}

/** xz-file-format 2.1.2.4: a stream ends with `YZ`. The decoder itself is silent about a missing footer. */
const endsWhole = (data: Uint8Array): boolean => data.at(-2) === 0x59 && data.at(-1) === 0x5a;
