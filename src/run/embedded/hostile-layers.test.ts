import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../base/index.ts';
import { openStore, type Store } from '../../base/node.ts';
import { encodeHead, type TarHead } from '../../image/index.ts';
import { decompressed } from '../../image/verified.ts';
import { thisHost } from '../host.ts';
import { BUSYBOX, busyboxLayer, imageOfTars, plainRun, tarOf, type Entry } from '../image.testing.ts';
import { planIds } from '../ids.ts';
import { outputOf, whyNoContainers } from '../kit.testing.ts';
import { embeddedRunner } from './runner.ts';
import { removeUnpacked, unpackLayers } from './unpack.ts';

const why = await whyNoContainers();

describe.skipIf(why !== undefined)(`an image with hostile layers${why === undefined ? '' : ` (${why})`}`, { timeout: 60_000 }, () => {
  let root = '';
  let store: Store;
  let outside = '';
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'plimsoll-hostile-'));
    outside = mkdtempSync(join(tmpdir(), 'plimsoll-canary-'));
    writeFileSync(join(outside, 'canary'), 'as it was');
    store = await openStore(root);
  });
  afterAll(async () => {
    await store.close();
    await removeUnpacked(thisHost(), planIds(thisHost()), [join(root, 'folders')]);
    await rm(root, { recursive: true, force: true });
    rmSync(outside, { recursive: true });
  });

  const folders = (): readonly string[] => (existsSync(join(root, 'folders/layers')) ? readdirSync(join(root, 'folders/layers')) : []);
  const unpack = (...tars: readonly Uint8Array[]) => unpackLayers(store, thisHost(), imageOfTars(tars, {}), planIds(thisHost()));
  const run = (script: string, ...above: readonly Uint8Array[]): Promise<string> =>
    embeddedRunner(store).run(imageOfTars([busyboxLayer(), ...above], { Entrypoint: ['sh', '-c', script] }), plainRun, outputOf);
  const untouched = (): void => {
    expect(readdirSync(outside)).toEqual(['canary']);
    expect(readFileSync(join(outside, 'canary'), 'utf8')).toBe('as it was');
  };
  /** A header with a field of our own making, its checksum right. */
  function edited(head: Partial<TarHead> & { path: string }, edit: (block: Buffer) => void): Uint8Array {
    const block = Buffer.from(encodeHead({ type: 'file', mode: 0o644, uid: 0, gid: 0, sizeBytes: 0, mtimeSeconds: 0, ...head }));
    edit(block);
    block.write('        ', 148, 'latin1');
    block.write(
      `${block
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    return Buffer.concat([block, Buffer.alloc(1024)]);
  }
  const pax = (records: Readonly<Record<string, string>>, head: Partial<TarHead> & { path: string }): Uint8Array => {
    const body = Buffer.from(
      Object.entries(records)
        .map(([key, value]) => {
          const rest = ` ${key}=${value}\n`;
          let length = rest.length + 1;
          while (`${length}${rest}`.length !== length) length += 1;
          return `${length}${rest}`;
        })
        .join(''),
    );
    const header = edited({ path: 'pax' }, (block) => {
      block.write(body.length.toString(8).padStart(11, '0'), 124, 'latin1');
      block.write('x', 156, 'latin1');
    }).subarray(0, 512);
    return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512), edited(head, () => {})]);
  };

  const file = (path: string, content = 'x'): Entry => ({ path, content });
  const link = (path: string, target: string): Entry => ({ path, type: 'symlink', target });
  const hard = (path: string, target: string): Entry => ({ path, type: 'hardlink', target });

  const REFUSED: readonly (readonly [string, () => Uint8Array, RegExp])[] = [
    ['a parent', () => tarOf([file('../escaped')]), /`\.\.\/escaped` leaves the layer/],
    ['a parent on the way', () => tarOf([file('a/../../escaped')]), /leaves the layer/],
    ['a hard link out of the layer', () => tarOf([hard('x', `../..${outside}/canary`)]), /leaves the layer/],
    [
      'a hard link to what is not there',
      () => tarOf([hard('x', `${outside}/canary`)]),
      /`x`: a hard link to `.*canary`, which is not there/,
    ],
    [
      'a hard link through a symbolic one',
      () => tarOf([link('d', outside), hard('x', 'd/canary')]),
      /`x`: a hard link to `d\/canary`, which is not there/,
    ],
    ['a whiteout of the folder itself', () => tarOf([file('a/.wh.')]), /leaves the layer/],
    ['a whiteout of the parent', () => tarOf([file('a/.wh...')]), /leaves the layer/],
    ['a link to itself on the way', () => tarOf([link('l', 'l'), file('l/x')]), /too many symbolic links/],
    ['a sparse file of GNU’s, 1 TB', () => edited({ path: 's' }, (b) => void b.write('S', 156, 'latin1')), /sparse file/],
    [
      'a sparse file of PAX’, 1 TB',
      () => pax({ 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '1099511627776' }, { path: 's' }),
      /sparse file/,
    ],
    ['a size that the layer has not', () => pax({ size: '1099511627776' }, { path: 'big' }), /ends in the middle of an entry/],
    ['a negative size', () => edited({ path: 'n' }, (b) => b.fill(0xff, 124, 136)), /its size is -1/],
    ['a size beyond all numbers', () => pax({ size: '9'.repeat(18) }, { path: 'n' }), /size is out of range/],
    ['a name of 5,000', () => tarOf([file('a/'.repeat(2500) + 'x')]), /a path longer than 4096/],
    ['a part of a name of 300', () => tarOf([file('a'.repeat(300))]), /ENAMETOOLONG/],
    ['an extended header of 2 MB', () => pax({ comment: 'x'.repeat(2_000_000) }, { path: 'n' }), /extended headers of/],
    ['a name with a NUL', () => pax({ path: 'a\0b' }, { path: 'n' }), /without a usable name/],
    ['an unknown type', () => edited({ path: 'u' }, (b) => void b.write('V', 156, 'latin1')), /unknown entry type/],
  ];

  test.each(REFUSED)('%s is refused, with the layer, and leaves nothing', async (_, tar, says) => {
    const before = folders();
    const end = unpack(tar());
    await expect(end).rejects.toBeInstanceOf(EnvironmentError); // exit 3
    await expect(end).rejects.toThrow(says);
    await expect(end).rejects.toThrow(/sha256:[0-9a-f]{64}/);
    expect(folders()).toEqual(before);
    untouched();
  });

  test('what is absolute, or goes through links, ends inside of the image', async () => {
    const links = [link('abs', outside), link('up', '../../../../../../../..'), link('self', '/proc/self/root')];
    const through = [file(`${outside}/absolute`), file('abs/canary', 'inside'), file('up/tmp/x'), file('self/y'), file('abs/.wh.old')];
    const later = tarOf([...links, file('abs/.wh.canary'), file('abs/.wh..wh..opq')]);
    const text = await run(`ls ${outside}; cat /tmp/x /proc/self/root/tmp/x`, tarOf([...links, ...through]), later);
    expect(text).toBe('xx');
    untouched();
  });

  test('devices and pipes are left out, and said', async () => {
    const device = { major: 1, minor: 1 };
    const { notes } = await unpack(
      tarOf([
        { path: 'dev/mem', type: 'character', device },
        { path: 'disk', type: 'block', device: { major: 8, minor: 0 } },
        { path: 'p', type: 'fifo' },
      ]),
    );
    expect(notes).toEqual(['dev/mem: a device, left out', 'disk: a device, left out', 'p: a named pipe, left out']);
    expect(
      await run(
        'ls -d /disk /p /dev/mem',
        tarOf([
          { path: 'disk', type: 'block', device },
          { path: 'dev/mem', type: 'character', device },
        ]),
      ),
    ).not.toMatch(/^\//m);
  });

  test('entries for /proc, /dev, /sys and the files of /etc that are ours are covered', async () => {
    const above = tarOf([
      file('proc/version', 'theirs'),
      file('dev/null', 'theirs'),
      file('sys/x', 'theirs'),
      file('etc/resolv.conf', 'nameserver 192.0.2.1'),
    ]);
    const text = await run('cat /proc/version /dev/null /sys/x /etc/resolv.conf', above);
    expect(text).not.toMatch(/theirs|192\.0\.2\.1/);
    // A link in the place of one of them would move a mount.
    await expect(run('true', tarOf([link('proc', '/tmp')]))).rejects.toThrow('/proc is a symbolic link to /tmp');
    expect(await run('cat /etc/resolv.conf', tarOf([link('etc/resolv.conf', join(outside, 'canary'))]))).toMatch(/no name server/);
    untouched();
  });

  test('whiteouts take away what they name and nothing else', async () => {
    const low = tarOf([file('d/a'), file('d/b'), file('f'), link('l', 'd'), file('keep')]);
    const tricks = tarOf([file('f/.wh..wh..opq'), file('l/.wh.a'), file('l/.wh..wh..opq'), file('.wh..wh.plnk'), file('d/.wh.none')]);
    expect(await run('ls /d /f /keep 2>&1', low, tricks)).toBe('/keep\n\n/d:\na\nb\n\n/f:');
    expect(
      await run(
        'ls / | head -3; cat /after',
        low,
        tarOf([
          file('.wh..wh..opq'),
          file('after', 'alone'),
          file('bin/sh', readFileSync(BUSYBOX) as never),
          ...['ls', 'head', 'cat'].map((name) => ({ path: `bin/${name}`, content: readFileSync(BUSYBOX), mode: 0o755 }) as Entry),
          { path: 'bin/sh', content: readFileSync(BUSYBOX), mode: 0o755 },
        ]),
      ),
    ).not.toMatch(/keep/);
  });

  test('a file where a folder was, a folder where a file was, duplicates, names that differ by case or form', async () => {
    const low = tarOf([file('x/in/deep'), file('y', 'file')]);
    const high = tarOf([file('x', 'now a file'), file('y/in', 'now a folder'), file('z', 'first'), file('z', 'second'), link('z', 'y/in')]);
    expect(await run('cat /x /y/in /z', low, high)).toBe('now a filenow a foldernow a folder');
    const names = ['Case', 'case', 'caf\u00e9', 'cafe\u0301', 'a\nb', '\udcff', ' ', '-rf'];
    expect(
      await run('ls -d /n/* | wc -c; for f in /n/*; do cat "$f"; done', tarOf(names.map((name, i) => file(`n/${name}`, String(i))))),
    ).toMatch(/[0-7]{8}$/);
  });

  test('owners above 2^31, times before and after all time, odd modes: as the kernel can have them', async () => {
    const odd = [
      { path: 'o', uid: 4_294_967_294, gid: 3_000_000_000 },
      { path: 'old', mtimeSeconds: -1e12 },
      { path: 'new', mtimeSeconds: 9e15 },
      { path: 'suid', mode: 0o7777 },
    ];
    const text = await run('stat -c %u:%g /o; ls / >/dev/null && echo there', tarOf(odd));
    expect(text).toMatch(/^(65534:65534|4294967294:3000000000|0:0)\nthere$/);
    const beyond = await unpack(tarOf([{ path: 'o', uid: 2 ** 40 }])).then(
      ({ notes }) => notes.join(),
      (error: unknown) => String(error),
    );
    expect(beyond).toMatch(/o: owner 1099511627776:0 is not among the ids|`o`: EINVAL/);
  });

  test('attributes give no capability, and none of overlayfs’ own is set', async () => {
    const xattrs = new Map([
      ['security.capability', Buffer.from('0100000200040000000000000000000000000000', 'hex')],
      ['trusted.overlay.opaque', Buffer.from('y')],
      ['user.overlay.opaque', Buffer.from('y')],
      ['user.overlay.redirect', Buffer.from(outside)],
    ]);
    const layers = [
      tarOf([file('d/kept')]),
      tarOf([
        { path: 'd', type: 'directory', xattrs },
        { path: 'bin/cap', content: readFileSync(BUSYBOX), mode: 0o755, xattrs },
      ]),
    ];
    const text = await run('ls /d; /bin/busybox cat /proc/self/status', ...layers);
    expect(text).toMatch(/^kept\n/);
    expect(text).toContain('CapPrm:\t0000000000000000');
  });

  test('more entries than any image has are refused', async () => {
    const tar = tarOf([file('a'), file('b'), file('c'), file('d')]);
    const before = folders();
    const upTo = (entries: number) => unpackLayers(store, thisHost(), imageOfTars([tar], {}), planIds(thisHost()), entries);
    await expect(upTo(3)).rejects.toThrow(/layer sha256:[0-9a-f]{64} has more than 3 entries/);
    expect(folders()).toEqual(before);
    expect((await upTo(4)).lowers).toHaveLength(1);
  });

  test('a gzip bomb is refused long before its end', async () => {
    const size = 600 * 1024 * 1024;
    const blob = gzipSync(Buffer.alloc(size), { level: 9 });
    const descriptor = {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: `sha256:${'0'.repeat(64)}` as const,
      size: blob.length,
    };
    let seen = 0;
    const read = async (): Promise<void> => {
      for await (const piece of decompressed(
        (async function* () {
          yield blob;
        })(),
        descriptor,
      ))
        seen += piece.length;
    };
    await expect(read()).rejects.toThrow(/expands to more than 268435456 bytes/);
    expect(seen).toBeLessThanOrEqual(268_435_456);
  });
});
