import type { PlacedHead } from './file-source.ts';
import { headsFrom, type JumpSource } from './jump.ts';
import type { Bytes } from './source.ts';

/** A part of a tar: bytes as they stood there, or the content of a file that lies elsewhere. */
export type TarPart =
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  /** `path`: the bytes of its name, each a character; as the tar has it. */
  | { readonly is: 'file'; readonly path: string; readonly sizeBytes: number };

type FilePart = Extract<TarPart, { is: 'file' }>;
/** A content, and where it lies in the tar. */
export type PlacedFile = FilePart & { readonly offset: number };

/** What was kept of a tar says of it. */
export interface SplitTar {
  readonly heads: readonly PlacedHead[];
  /** Those of the heads that have content, and the same contents as the split names them. */
  readonly contents: readonly PlacedHead[];
  readonly files: readonly PlacedFile[];
  /** Bytes of the tar. */
  readonly sizeBytes: number;
}

type Fail = (what: string) => Error;

/** Bytes of a line: one has what lies between two contents, pax headers among it, and at the end the padding of a tape. */
const LINE_LIMIT = 64 * 1024 * 1024;

/**
 * What was kept of a tar when its contents were taken out: lines of JSON (vbatts/tar-split, tar/storage, `Entry`).
 * Throws what `fail` makes of it, with the line, where it is something else.
 */
export async function* splitParts(bytes: Bytes, fail: Fail): AsyncGenerator<TarPart, void, undefined> {
  let count = 0;
  for await (const line of linesOf(bytes, fail)) {
    const part = partOf(line, count);
    if (typeof part === 'string') throw fail(`line ${count + 1}: ${part}`);
    count += 1;
    if (part) yield part;
  }
}

/**
 * Reads the headers of a tar that was split, and holds its contents against them. Throws EnvironmentError where a
 * header is broken, and what `fail` makes of it where the two do not fit.
 */
export async function readSplit(parts: AsyncIterable<TarPart>, name: string, fail: Fail): Promise<SplitTar> {
  const files: PlacedFile[] = [];
  const source = partSource(parts, (file) => files.push(file), fail);
  const heads: PlacedHead[] = [];
  for await (const head of headsFrom(source, name)) heads.push(head);
  const sizeBytes = await source.drain();
  const contents = heads.filter((head) => head.type === 'file' && head.sizeBytes > 0);
  const flaw = contents.find((head, i) => head.sparse || files[i]?.offset !== head.offset || files[i].sizeBytes !== head.sizeBytes);
  if (flaw || contents.length !== files.length) throw fail(`its headers and contents do not fit: ${flaw?.path ?? 'one too many'}`);
  return { heads, contents, files, sizeBytes };
}

/** The parts of a tar as one tar. `pass` hears of each content that is passed over. */
function partSource(
  split: AsyncIterable<TarPart>,
  pass: (file: PlacedFile) => void,
  fail: Fail,
): JumpSource & { drain(): Promise<number> } {
  const parts = split[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  let offset = 0;
  const next = async (): Promise<FilePart | 'bytes' | 'end'> => {
    if (rest.length > 0) return 'bytes';
    const part = await parts.next();
    if (part.done === true) return 'end';
    if (part.value.is === 'file') return part.value;
    rest = part.value.bytes;
    return 'bytes';
  };
  const cut = (length: number): Uint8Array => {
    const piece = rest.subarray(0, length);
    rest = rest.subarray(piece.length);
    offset += piece.length;
    return piece;
  };
  const passed = (file: FilePart): number => {
    pass({ ...file, offset });
    offset += file.sizeBytes;
    return file.sizeBytes;
  };
  const misfit = (what: string): never => {
    throw fail(`${what} at byte ${offset} of the tar`);
  };
  return {
    offset: () => offset,
    async take(length) {
      const whole = new Uint8Array(length);
      for (let have = 0; have < length;) {
        const is = await next();
        if (is === 'end' && have === 0) return undefined;
        if (is !== 'bytes') return misfit('no header');
        const piece = cut(length - have);
        whole.set(piece, have);
        have += piece.length;
      }
      return whole;
    },
    async skip(length) {
      for (let left = length; left > 0;) {
        const is = await next();
        if (is === 'end') return misfit('it ends');
        left -= is === 'bytes' ? cut(left).length : passed(is);
        if (left < 0) misfit('more content than its header says');
      }
    },
    async drain() {
      for (let is = await next(); is !== 'end'; is = await next())
        if (is === 'bytes') cut(rest.length);
        else passed(is);
      return offset;
    },
  };
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

async function* linesOf(bytes: Bytes, fail: Fail): AsyncGenerator<string, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    let left = Buffer.concat([rest, piece]);
    for (let end = left.indexOf(10); end >= 0; end = left.indexOf(10)) {
      yield left.toString('utf8', 0, end);
      left = left.subarray(end + 1);
    }
    rest = left;
    if (rest.length > LINE_LIMIT) throw fail(`a line is longer than ${LINE_LIMIT} bytes`);
  }
  if (rest.length > 0) throw fail('it ends in the middle of a line');
}
