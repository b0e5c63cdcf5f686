import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EnvironmentError, messageOf } from '../../../base/index.ts';
import { brokenStorage } from './broken.ts';

/** A part of a tar: bytes as they stood there, or the content of a file that lies elsewhere. */
export type TarPart =
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  /** `path`: the bytes of its name, each a character; as the tar has it. */
  | { readonly is: 'file'; readonly path: string; readonly sizeBytes: number };

/** Bytes of a line: one has what lies between two contents, pax headers among it, and at the end the padding of a tape. */
const LINE_LIMIT = 64 * 1024 * 1024;

/**
 * What was kept of a layer's tar when its contents were unpacked: lines of JSON, gzipped (vbatts/tar-split,
 * tar/storage, `Entry`). Throws EnvironmentError, with the line, where it is something else.
 */
export async function* readTarSplit(file: string): AsyncGenerator<TarPart, void, undefined> {
  let count = 0;
  for await (const line of linesOf(file)) {
    const part = partOf(line, count);
    if (typeof part === 'string') throw brokenStorage(`${file}, line ${count + 1}`, part);
    count += 1;
    if (part) yield part;
  }
}

/** A part, nothing where it is empty, or what is wrong. */
function partOf(line: string, index: number): TarPart | undefined | string {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return 'it is no JSON';
  }
  if (typeof entry !== 'object' || entry === null) return 'it is no entry';
  const { type, name, name_raw: raw, size = 0, payload, position = 0 } = entry as Readonly<Record<string, unknown>>;
  if (position !== index) return `it is entry ${String(position)}, which should be ${index}`;
  if (type === 2) return typeof payload === 'string' ? bytesIn(payload) : 'a segment without bytes';
  if (type !== 1) return `it is of type ${String(type)}`;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return 'its size is no number of bytes';
  const path = typeof raw === 'string' ? Buffer.from(raw, 'base64') : typeof name === 'string' ? Buffer.from(name) : undefined;
  if (!path) return 'a file without a name';
  return size === 0 ? undefined : { is: 'file', path: path.toString('latin1'), sizeBytes: size };
}

function bytesIn(payload: string): TarPart | undefined {
  const bytes = Buffer.from(payload, 'base64');
  return bytes.length === 0 ? undefined : { is: 'bytes', bytes };
}

async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  const stream = pipeline(createReadStream(file), createGunzip({ chunkSize: 256 * 1024 }), () => {});
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
        yield bytes.toString('utf8', 0, end);
        bytes = bytes.subarray(end + 1);
      }
      rest = bytes;
      if (rest.length > LINE_LIMIT) throw brokenStorage(file, `a line is longer than ${LINE_LIMIT} bytes`);
    }
  } catch (error) {
    throw error instanceof EnvironmentError ? error : brokenStorage(file, messageOf(error));
  }
  if (rest.length > 0) throw brokenStorage(file, 'it ends in the middle of a line');
}
