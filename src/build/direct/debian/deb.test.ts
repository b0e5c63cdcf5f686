import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { EnvironmentError } from '../../../base/index.ts';
import { unxz } from '../../../base/node.ts';
import { readDeb } from './deb.ts';
import { arOf, controlOf, debOf, tarOf } from './test-repository.ts';

const one = { name: 'tool', files: { 'usr/bin/tool': '#!', 'usr/share/doc/tool/copyright': 'free\n' } };
const binary = ['debian-binary', Buffer.from('2.0\n')] as const;
const control = ['control.tar', tarOf([{ path: './control', text: controlOf(one) }])] as const;

test('a package gives its control file and its entries with plain paths', async () => {
  const deb = await readDeb(
    debOf({
      ...one,
      entries: [
        { path: './usr/bin/t', type: 'symlink', target: 'tool' },
        { path: './usr/bin/u', type: 'hardlink', target: './usr/bin/tool' },
      ],
    }),
    'tool',
  );
  expect(deb.control).toBe(controlOf(one));
  expect(deb.entries.map((entry) => [entry.type, entry.path, 'target' in entry ? entry.target : ''])).toEqual([
    ['file', 'usr/bin/tool', ''],
    ['file', 'usr/share/doc/tool/copyright', ''],
    ['symlink', 'usr/bin/t', 'tool'],
    ['hardlink', 'usr/bin/u', 'usr/bin/tool'],
  ]);
});

test('a package cut anywhere is refused, never half read', async () => {
  const whole = debOf(one);
  for (let length = 0; length < whole.length - 1; length += 7)
    await expect(readDeb(whole.subarray(0, length), 'tool'), `${length}`).rejects.toBeInstanceOf(EnvironmentError);
});

test('paths that leave the root, devices and unknown compressions are refused with the reason', async () => {
  const data = (entry: Parameters<typeof tarOf>[0][number]): Promise<unknown> =>
    readDeb(arOf([binary, control, ['data.tar', tarOf([entry])]]), 'tool');
  await expect(data({ path: '../../etc/passwd' })).rejects.toThrow('leaves the root');
  await expect(data({ path: 'dev/null', type: 'character', device: { major: 1, minor: 3 } })).rejects.toThrow('dev/null is a character');
  await expect(readDeb(arOf([binary, control, ['data.tar.zst', Buffer.alloc(8)]]), 'tool')).rejects.toThrow(
    'data.tar.zst is compressed in a way that is not read',
  );
  await expect(readDeb(arOf([binary, control]), 'tool')).rejects.toThrow('no data.tar');
  await expect(readDeb(arOf([['debian-binary', Buffer.from('3.0\n')], control]), 'tool')).rejects.toThrow('format 2');
});

const hasXz = spawnSync('xz', ['--version']).status === 0;

test.skipIf(!hasXz)(
  'what xz packs comes out the same; cut, damaged and oversized data is refused, and the next is read again',
  async () => {
    const text = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `line ${i * 7919}\n`).join(''));
    for (const options of [['-6'], ['-0', '--check=crc32'], ['-6', '--block-size=65536', '-T2']]) {
      const packed = spawnSync('xz', ['-c', ...options], { input: text }).stdout;
      expect(Buffer.compare(await unxz(packed, 'x'), text)).toBe(0);
      for (const length of [0, 5, 100, packed.length >> 1, packed.length - 12, packed.length - 1])
        await expect(unxz(packed.subarray(0, length), 'cut'), `${length}`).rejects.toBeInstanceOf(EnvironmentError);
      const damaged = Buffer.from(packed);
      damaged[40] = (damaged[40] ?? 0) ^ 0xff;
      await expect(unxz(damaged, 'damaged').then((out) => Buffer.compare(out, text))).rejects.toBeInstanceOf(EnvironmentError);
      await expect(unxz(packed, 'bomb', 1000)).rejects.toThrow('more than 1000 bytes');
      expect((await unxz(packed, 'x')).length).toBe(text.length);
    }
  },
);
