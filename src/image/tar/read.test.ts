import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, linkSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../base/index.ts';
import { encodeHead, endOfTar, readTar, type TarHead } from './index.ts';
import { encodePax } from './pax.ts';

export interface ReadEntry extends TarHead {
  readonly text: string;
}

export async function readAll(bytes: Uint8Array, chunk = bytes.length): Promise<ReadEntry[]> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunk) pieces.push(bytes.subarray(at, at + chunk));
  const found: ReadEntry[] = [];
  for await (const { content, offset, ...head } of readTar(pieces)) {
    const parts: Uint8Array[] = [];
    for await (const part of content()) parts.push(part);
    const body = Buffer.concat(parts);
    expect(body.equals(bytes.subarray(offset, offset + head.sizeBytes))).toBe(true);
    found.push({ ...head, text: body.toString('latin1') });
  }
  return found;
}

const head = (over: Partial<TarHead> = {}): TarHead => ({
  path: 'a',
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtimeSeconds: 0,
  ...over,
});
const join512 = (...parts: Uint8Array[]): Buffer =>
  Buffer.concat(parts.flatMap((part) => [part, Buffer.alloc((512 - (part.length % 512)) % 512)]));
const error = (bytes: Uint8Array): Promise<EnvironmentError> =>
  readAll(bytes).then(
    () => Promise.reject(new Error('it was read')),
    (thrown: unknown) => thrown as EnvironmentError,
  );

const LONG = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`;

describe('tars of other programs', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-tar-'));
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'd'), { recursive: true });
    writeFileSync(join(tree, 'd', 'hello'), 'hello\n');
    writeFileSync(join(tree, 'd', 'empty'), '');
    chmodSync(join(tree, 'd', 'hello'), 0o4751);
    linkSync(join(tree, 'd', 'hello'), join(tree, 'd', 'second'));
    symlinkSync('hello', join(tree, 'd', 'link'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const gnuTar = (format: string, ...more: string[]): Buffer =>
    execFileSync(
      'tar',
      [
        '-c',
        `--format=${format}`,
        '--sort=name',
        '--owner=1000',
        '--group=2000',
        '--numeric-owner',
        '--mtime=@1700000000',
        '-C',
        join(folder, 'tree'),
        ...more,
        'd',
      ],
      { maxBuffer: 1 << 26 },
    );

  test.each(['v7', 'ustar', 'gnu', 'oldgnu', 'posix'])('GNU tar --format=%s is read whole, in chunks of any size', async (format) => {
    const bytes = gnuTar(format);
    const entries = await readAll(bytes);
    const common = { uid: 1000, gid: 2000, mtimeSeconds: 1_700_000_000 };
    expect(entries).toEqual([
      { ...common, path: 'd', type: 'directory', mode: expect.any(Number), sizeBytes: 0, text: '' },
      { ...common, path: 'd/empty', type: 'file', mode: 0o644, sizeBytes: 0, text: '' },
      { ...common, path: 'd/hello', type: 'file', mode: 0o4751, sizeBytes: 6, text: 'hello\n' },
      { ...common, path: 'd/link', type: 'symlink', mode: 0o777, sizeBytes: 0, target: 'hello', text: '' },
      { ...common, path: 'd/second', type: 'hardlink', mode: 0o4751, sizeBytes: 0, target: 'd/hello', text: '' },
    ]);
    for (const chunk of [1, 7, 511, 513, 1000]) expect(await readAll(bytes, chunk)).toEqual(entries);
  });

  test.each(['gnu', 'posix'])(
    'GNU tar --format=%s: long names, long links and names that are not UTF-8 come back exactly',
    async (format) => {
      const tree = join(folder, `long-${format}`);
      mkdirSync(join(tree, 'd', LONG), { recursive: true });
      symlinkSync(LONG, join(tree, 'd', 'link'));
      const raw = Buffer.concat([Buffer.from(`${tree}/d/`), Buffer.from([0xff, 0x41, 0xc3])]);
      writeFileSync(raw, 'x');
      const bytes = execFileSync('tar', ['-c', `--format=${format}`, '--sort=name', '-C', tree, 'd']);
      const entries = await readAll(bytes);
      expect(entries.map((entry) => entry.path)).toContain(`d/${LONG}`);
      expect(entries.find((entry) => entry.path === 'd/link')?.target).toBe(LONG);
      expect(entries.map((entry) => entry.path)).toContain('d/\udcffA\udcc3');
    },
  );

  test('python tarfile in all its formats, with ids and sizes that octal cannot hold', async () => {
    const script = `
import io, sys, tarfile
out = io.BytesIO()
with tarfile.open(fileobj=out, mode='w', format=getattr(tarfile, sys.argv[1])) as tar:
    info = tarfile.TarInfo('é/' + 'x' * 90)
    info.size = 3; info.mtime = 12; info.mode = 0o640
    if sys.argv[1] != 'USTAR_FORMAT': info.uid = 3000000000; info.gid = 2**31
    tar.addfile(info, io.BytesIO(b'abc'))
    for name, kind in (('dev', tarfile.CHRTYPE), ('blk', tarfile.BLKTYPE), ('pipe', tarfile.FIFOTYPE)):
        node = tarfile.TarInfo(name); node.type = kind; node.devmajor = 1; node.devminor = 259; tar.addfile(node)
sys.stdout.buffer.write(out.getvalue())`;
    for (const format of ['USTAR_FORMAT', 'GNU_FORMAT', 'PAX_FORMAT']) {
      const entries = await readAll(execFileSync('python3', ['-c', script, format]));
      const ids = format === 'USTAR_FORMAT' ? { uid: 0, gid: 0 } : { uid: 3_000_000_000, gid: 2 ** 31 };
      expect(entries[0]).toEqual({
        path: `é/${'x'.repeat(90)}`,
        type: 'file',
        mode: 0o640,
        ...ids,
        sizeBytes: 3,
        mtimeSeconds: 12,
        text: 'abc',
      });
      expect(entries.slice(1).map(({ path, type, device }) => [path, type, device])).toEqual([
        ['dev', 'character', { major: 1, minor: 259 }],
        ['blk', 'block', { major: 1, minor: 259 }],
        ['pipe', 'fifo', undefined],
      ]);
    }
  });
});

describe('extended headers', () => {
  const extended = (flag: string, records: Record<string, string | Uint8Array>): Buffer => {
    const body = encodePax(new Map(Object.entries(records).map(([key, value]) => [key, Buffer.from(value)])));
    const block = Buffer.from(encodeHead(head({ path: 'PaxHeaders/a', sizeBytes: body.length })));
    return join512(retyped(block, flag), body);
  };
  const retyped = (block: Buffer, flag: string): Buffer => {
    block.write(flag, 156, 'latin1');
    block.fill(' ', 148, 156);
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    return block;
  };

  test('a global header holds until an entry says otherwise, and an empty value takes it back', async () => {
    const tar = join512(
      extended('g', { uid: '7', comment: 'x' }),
      encodeHead(head()),
      extended('x', { uid: '8' }),
      encodeHead(head({ path: 'b' })),
      extended('x', { uid: '' }),
      encodeHead(head({ path: 'c', uid: 5 })),
      endOfTar(),
    );
    expect((await readAll(tar)).map(({ path, uid }) => [path, uid])).toEqual([
      ['a', 7],
      ['b', 8],
      ['c', 5],
    ]);
  });

  test('the values of extended attributes are exact bytes', async () => {
    const value = Uint8Array.from({ length: 256 }, (_, i) => i);
    const [entry] = await readAll(join512(encodeHead(head({ xattrs: new Map([['security.capability', value]]) })), endOfTar()));
    expect(Buffer.from(entry!.xattrs!.get('security.capability')!)).toEqual(Buffer.from(value));
  });

  test('extended headers over 1 MiB, alone or together, are refused before they are read', async () => {
    const block = Buffer.from(encodeHead(head({ sizeBytes: 1 << 30 })));
    expect((await error(retyped(block, 'x'))).message).toBe(
      `tar: broken tar at byte 0: extended headers of ${1 << 30} bytes (at most 1048576)`,
    );
    const half = extended('x', { comment: 'x'.repeat(700_000) });
    expect((await error(Buffer.concat([half, half]))).message).toContain(`at byte ${half.length}: extended headers of`);
  });

  test.each([
    ['no length', 'path=b\n'],
    ['a length too large', '99 path=b\n'],
    ['no newline', '9 path=b'],
    ['no equals sign', '8 pathb\n'],
    ['a length of 0', '0 path=b\n'],
    ['a bad number', '9 uid=1x\n'],
  ])('an extended header with %s is refused', async (_, text) => {
    const body = Buffer.from(text);
    const tar = join512(retyped(Buffer.from(encodeHead(head({ sizeBytes: body.length }))), 'x'), body, encodeHead(head()), endOfTar());
    expect(await error(tar)).toBeInstanceOf(EnvironmentError);
  });

  test('an entry without a name, a link without a target and an unknown type are refused where they stand', async () => {
    for (const [bad, what] of [
      [encodeHead(head({ path: '' })), 'usable name'],
      [encodeHead(head({ type: 'symlink' })), 'usable target'],
      [retyped(Buffer.from(encodeHead(head())), 'Z'), 'unknown entry type "Z"'],
    ] as const)
      expect((await error(join512(encodeHead(head()), bad, endOfTar()))).message).toMatch(
        new RegExp(`^tar: broken tar at byte 512: .*${what}`),
      );
  });
});

describe('damage', () => {
  const tar = join512(
    encodeHead(head({ path: LONG, sizeBytes: 600, uid: 2 ** 31 })),
    Buffer.alloc(600, 'x'),
    encodeHead(head({ path: 'link', type: 'symlink', target: LONG })),
    endOfTar(),
  );

  test('cut anywhere before its end mark, a tar is refused with the place', async () => {
    expect(await readAll(tar)).toHaveLength(2);
    for (let length = 0; length <= tar.length - 1024; length += 64) {
      const { message, name } = await error(tar.subarray(0, length));
      expect(name, `cut at ${length}`).toBe('EnvironmentError');
      expect(Number(/at byte (\d+):/.exec(message)?.[1]), message).toBeLessThanOrEqual(length);
    }
  });

  test('one changed bit in a header is found by its checksum', async () => {
    for (let at = 0; at < 512; at += 1) {
      const bad = Buffer.from(join512(encodeHead(head({ path: 'file', sizeBytes: 1 })), Buffer.from('x'), endOfTar()));
      bad[at] = bad[at]! ^ 1;
      // Inside the checksum's own field a blank may take the place of its NUL.
      if (at >= 154 && at < 156) continue;
      expect((await error(bad)).message, `bit of byte ${at}`).toMatch(/^tar: broken tar at byte 0: /);
    }
  });

  test('the content of an entry cannot be read after the next one was asked for', async () => {
    const entries = [];
    for await (const entry of readTar([tar])) entries.push(entry);
    await expect(entries[0]!.content()[Symbol.asyncIterator]().next()).rejects.toThrow('after the next entry');
  });

  test('arbitrary bytes give entries or a located error, never a crash', async () => {
    const samples = [Buffer.alloc(512, 0xff), Buffer.alloc(1024, 'a'), readFileSync(process.execPath).subarray(0, 4096)];
    for (const bytes of samples) expect((await error(bytes)).message).toMatch(/at byte \d+/);
  });
});
