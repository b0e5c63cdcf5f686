import { execFileSync, spawnSync } from 'node:child_process';
import { sha256 } from '../../base/node.ts';
import { oracle } from '../../base/oracle.testing.ts';

const KEY = 'io.github.containers.zstd-chunked';

/** A layer of zstd:chunked and its annotations. */
export interface ZstdChunked {
  readonly blob: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Of `TOC` what tests change. */
export interface Table {
  version: number;
  entries: Record<string, unknown>[];
  tarSplitDigest?: string;
}

/** What lies in a layer. */
export interface Laid {
  /** The frames of the tar. */
  contents: Buffer;
  table: Table;
  /** Headers of the tar: lines of JSON. */
  split: string;
}

/** Packs a tar with the writer of containers/storage (conformance/zstdchunked). */
export function packZstdChunked(tar: Uint8Array): ZstdChunked {
  const end = spawnSync(oracle('zstdchunked'), { input: tar, maxBuffer: 2 ** 30 });
  if (end.status !== 0) throw new Error(end.stderr.toString());
  return { blob: end.stdout, annotations: JSON.parse(end.stderr.toString()) as Record<string, string> };
}

/** As zstd(1) does it. */
export function zstd(bytes: Uint8Array | string, ...options: readonly string[]): Buffer {
  const end = spawnSync('zstd', ['--quiet', '--stdout', ...options], { input: bytes, maxBuffer: 2 ** 30 });
  if (end.status !== 0) throw new Error(end.stderr.toString());
  return end.stdout;
}

/** Takes a layer apart. */
export function laidOut({ blob, annotations }: ZstdChunked): Laid {
  const placed = (name: string): readonly [number, Buffer] => {
    const [offset = 0, length = 0] = (annotations[`${KEY}.${name}`] ?? '').split(':').map(Number);
    return [offset, zstd(blob.subarray(offset, offset + length), '--decompress')];
  };
  const [begin, table] = placed('manifest-position');
  const [, split] = placed('tarsplit-position');
  return { contents: blob.subarray(0, begin - 8), table: JSON.parse(table.toString()) as Table, split: split.toString() };
}

/** Puts a layer together, checksums and positions with it. `text`: in place of the table's. */
export function together({ contents, table, split }: Laid, text?: Uint8Array | string): ZstdChunked {
  const packedSplit = zstd(split);
  const digest = sha256(packedSplit);
  const json = Buffer.from(text ?? JSON.stringify('tarSplitDigest' in table ? { ...table, tarSplitDigest: digest } : table));
  const packedTable = zstd(json);
  const at = contents.length + 8;
  const splitAt = at + packedTable.length + 8;
  return {
    blob: Buffer.concat([contents, frameForOthers(packedTable), frameForOthers(packedSplit)]),
    annotations: {
      [`${KEY}.manifest-checksum`]: sha256(packedTable),
      [`${KEY}.manifest-position`]: `${at}:${packedTable.length}:${json.length}:1`,
      [`${KEY}.tarsplit-position`]: `${splitAt}:${packedSplit.length}:${Buffer.byteLength(split)}`,
      // Where layers before 2024 have it.
      ...('tarSplitDigest' in table ? {} : { [`${KEY}.tarsplit-checksum`]: digest }),
    },
  };
}

/** RFC 8878, section 3.1.2. */
function frameForOthers(bytes: Uint8Array): Buffer {
  const head = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

/** Tars by Python: all kinds of entries, in pax and GNU headers, and noise, so that it is worth jumping through. */
export function zoo(format: 'PAX' | 'GNU'): Buffer {
  const script = `
import hashlib, io, sys, tarfile
out = io.BytesIO()
tar = tarfile.open(fileobj=out, mode='w', format=tarfile.${format}_FORMAT)
def put(name, content=b'', kind=tarfile.REGTYPE, **more):
    entry = tarfile.TarInfo(name)
    entry.type, entry.size, entry.mtime = kind, len(content), 1700000000
    for key, value in more.items(): setattr(entry, key, value)
    tar.addfile(entry, io.BytesIO(content))
def noise(seed, length):
    return b''.join(hashlib.sha256(b'%d %d' % (seed, i)).digest() for i in range(length // 32 + 1))[:length]
put('usr/', kind=tarfile.DIRTYPE, mode=0o2755, uid=10001, gid=10002)
put('./usr/text', b'text\\n', mode=0o4755, mtime=1700000000.25)
put('usr/empty')
put('usr/noise', noise(1, 300000), mode=0o755)
put('usr/holes', noise(2, 200000) + bytes(100000) + noise(3, 50000) + bytes(3000))
put('usr/begins-with-zeros', bytes(20000) + b'end')
put('usr/zeros', bytes(50000))
put('usr/large', noise(4, 1000000))
put('usr/hard', kind=tarfile.LNKTYPE, linkname='./usr/text')
put('usr/soft', kind=tarfile.SYMTYPE, linkname='../elsewhere')
put('usr/char', kind=tarfile.CHRTYPE, devmajor=1, devminor=3)
put('usr/block', kind=tarfile.BLKTYPE, devmajor=8, devminor=1)
put('usr/pipe', kind=tarfile.FIFOTYPE)
put('usr/.wh.gone')
put('usr/.wh..wh..opq')
put('usr/' + 'd' * 90 + '/' + 'e' * 90 + '/' + 'f' * 90, b'deep')
put('usr/\\u00fc', b'umlaut')
put('usr/\\udcff\\udcfe', b'no UTF-8')
put('usr/same-size-as-it', b'no utf-8')
put('usr/attributes', b'x', pax_headers={'SCHILY.xattr.user.key': 'v\\u00e4lue', 'SCHILY.xattr.security.capability': '\\x01\\x00\\x00\\x02'} if '${format}' == 'PAX' else {})
tar.close()
sys.stdout.buffer.write(out.getvalue())
`;
  return execFileSync('python3', ['-c', script], { maxBuffer: 2 ** 28 });
}
