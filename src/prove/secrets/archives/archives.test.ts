import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { findOnPath } from '../../../base/node.ts';
import { secretsInFile } from '../scan.ts';
import { newLook, type Look } from './look-into.ts';

const root = mkdtempSync(join(tmpdir(), 'plimsoll-archives-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(root, 'it-'));
});

const token = `dckr_pat_${[...'xQ3kV9-mT_7bRw2LcYz8HfN0sJd'].toReversed().join('')}`;
const login = `host = registry.internal\nlogin = ${token}\n`;

function write(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
  return path;
}
/** Runs a program in the folder and reads what it made there. */
function made(file: string, command: string, ...args: readonly string[]): Buffer {
  execFileSync(command, args, { cwd: folder, stdio: 'pipe' });
  return readFileSync(join(folder, file));
}

async function search(path: string, bytes: Uint8Array, pieceBytes = 70_000) {
  const look: Look = newLook();
  async function* content() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  }
  const found = await secretsInFile(path, content(), look);
  return { found: found.map(({ inside = [], line, offset }) => [...inside, line ?? offset].join('!')), look };
}

describe.skipIf(!(await findOnPath('zip')))('a zip', () => {
  test('is looked into, also behind a line that starts it, and where it was written as a stream or in the large form', async () => {
    write('config/app.ini', login);
    write('config/other.txt', 'x');
    const plain = made('a.zip', 'zip', '-qr', 'a.zip', 'config');
    const streamed = execFileSync('zip', ['-qr', '-', 'config'], { cwd: folder });
    const stored = made('b.zip', 'zip', '-q0r', 'b.zip', 'config');
    const large = made('c.zip', 'zip', '-qr', '-fz', 'c.zip', 'config');
    const scripted = Buffer.concat([Buffer.from('#!/usr/bin/env python3\n'), plain]);
    for (const bytes of [plain, streamed, stored, large, scripted])
      expect((await search('app/a.pyz', bytes)).found).toEqual(['config/app.ini!2']);
  });

  test('of several megabytes is looked into, whatever pieces it comes in', async () => {
    write('log.txt', `${'GET / 200\n'.repeat(400_000)}${token}\n`);
    const zip = made('a.zip', 'zip', '-q', 'a.zip', 'log.txt');
    expect((await search('app/a.zip', zip, 999)).found).toEqual(['log.txt!400001']);
  });

  test('with a password is told as one that was not looked into', async () => {
    write('app.ini', login);
    const { found, look } = await search('app/a.zip', made('a.zip', 'zip', '-q', '-P', 'abcd', 'a.zip', 'app.ini'));
    expect(found).toEqual([]);
    expect(look.unread).toEqual([{ inside: [], why: '1 files in it are encrypted' }]);
  });

  test('that is broken is told, and what of it can be read is read', async () => {
    write('a.ini', login);
    write('b.ini', login.repeat(90));
    const zip = made('a.zip', 'zip', '-q', 'a.zip', 'b.ini', 'a.ini');
    zip.fill(0xff, 63, 90); // in the first file's content
    const broken = await search('app/a.zip', zip);
    expect(broken.found).toEqual(['a.ini!2']);
    expect(broken.look.unread).toMatchObject([{ inside: ['b.ini'] }]);
    const bytes = made('c.zip', 'zip', '-q0', 'c.zip', 'a.ini').subarray(0, 150);
    const cut = await search('app/a.zip', bytes);
    expect(cut.found).toEqual([String(bytes.indexOf(token))]);
    expect(cut.look.unread).toEqual([{ inside: [], why: 'it has no directory' }]);
  });
});

describe('a tar', () => {
  const tar = (name: string, ...args: readonly string[]): Buffer => made(name, 'tar', ...args, '-cf', name, 'config');

  test.each([
    ['plain', []],
    ['pax', ['--format=pax']],
    ['gzip', ['--gzip']],
    ['xz', ['--xz']],
    ['zstd', ['--zstd']],
  ])('%s is looked into', async (_, args) => {
    write('config/app.ini', login);
    const { found, look } = await search('app/a.tar', tar('a.tar', ...args));
    expect(found).toEqual(['config/app.ini!2']);
    expect(look).toMatchObject({ archives: 1, files: 1, unread: [] });
  });

  test('in a tar is looked into, and one within that is told', async () => {
    write('config/app.ini', login);
    write('config/inner.tgz', tar('inner.tgz', '--gzip'));
    rmSync(join(folder, 'config/app.ini'));
    write('config/middle.tar', tar('middle.tar'));
    rmSync(join(folder, 'config/inner.tgz'));
    const two = await search('app/middle.tar', readFileSync(join(folder, 'config/middle.tar')));
    expect(two.found).toEqual(['config/inner.tgz!config/app.ini!2']);
    const three = await search('app/outer.tar', tar('outer.tar'));
    expect(three.found).toEqual([]);
    expect(three.look.unread).toEqual([{ inside: ['config/middle.tar', 'config/inner.tgz'], why: 'it lies 2 archives deep' }]);
  });

  test('that is cut off is told, with what stood before', async () => {
    write('config/a.ini', login);
    const { found, look } = await search('app/a.tar', tar('a.tar').subarray(0, 1800));
    expect(found).toEqual(['config/a.ini!2']);
    expect(look.unread).toHaveLength(1);
  });
});

test('what is compressed by itself is read as what it is', async () => {
  expect((await search('var/log/app.log.gz', gzipSync(login))).found).toEqual(['2']);
  expect((await search('app/.env.gz', gzipSync('API_KEY=correct-horse-battery\n'))).found).toEqual(['1']);
  expect((await search('app/a.gz', gzipSync(gzipSync(login)))).found).toEqual([]);
});

test('what bzip2 made is told as not opened', async () => {
  expect((await search('app/a.bz2', Buffer.from('BZh91AY&SY\x00\x00', 'latin1'))).look.unread).toEqual([
    { inside: [], why: 'bzip2 is not opened' },
  ]);
});

test('files that packages publish are none of an installed wheel, and are of the application’s own archive', async () => {
  const members = { 'pkg/tests/login.ini': login, 'pkg/login.ini': login };
  for (const [path, text] of Object.entries(members)) write(path, text);
  const zip = made('a.zip', 'tar', '-cf', 'a.zip', 'pkg');
  expect((await search('app/a.whl', zip)).found).toEqual(['pkg/login.ini!2']);
  expect((await search('app/a.tar', zip)).found.toSorted()).toEqual(['pkg/login.ini!2', 'pkg/tests/login.ini!2']);
});

describe('a bomb', () => {
  /** A zip of entries that all are the same bytes. */
  function zipOf(packed: Buffer, sizeBytes: number, names: readonly string[]): Buffer {
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), packed]);
    const directory = Buffer.concat(
      names.map((name) => {
        const head = Buffer.alloc(46);
        head.write('PK\x01\x02', 'latin1');
        head.writeUInt16LE(8, 10);
        head.writeUInt32LE(packed.length, 20);
        head.writeUInt32LE(sizeBytes, 24);
        head.writeUInt16LE(name.length, 28);
        return Buffer.concat([head, Buffer.from(name)]);
      }),
    );
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(local.length, 16);
    return Buffer.concat([local, directory, end]);
  }
  const zeros = 40 << 20;

  test('is left where it becomes a hundred times as large', async () => {
    const why = 'it expands to more than 100 times its size';
    expect((await search('app/a.gz', gzipSync(Buffer.alloc(zeros)))).look.unread).toEqual([{ inside: [], why }]);
    const zip = zipOf(deflateRawSync(Buffer.alloc(zeros)), zeros, ['a']);
    expect((await search('app/a.zip', zip)).look.unread).toEqual([{ inside: ['a'], why }]);
  });

  test('whose directory names the same bytes again and again takes no more than there is room for', async () => {
    const noise = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * i * 7 + (i >> 3)) & 15));
    const packed = deflateRawSync(noise);
    const zip = zipOf(
      packed,
      noise.length,
      Array.from({ length: 60 }, (_, i) => `${i}`),
    );
    const look = newLook();
    look.room.bytes = 20 << 20;
    const content = (async function* () {
      yield zip;
    })();
    expect(await secretsInFile('app/a.zip', content, look)).toEqual([]);
    expect(look.unread).toMatchObject([{ inside: [], why: expect.stringContaining('come out of the archives') }]);
    expect(look.files).toBe(21);
  });

  test('that says it is smaller than it is, is told', async () => {
    const packed = deflateRawSync(Buffer.alloc(3 << 20, 'a'));
    expect((await search('app/a.zip', zipOf(packed, 10, ['a']))).look.unread).toMatchObject([{ inside: ['a'] }]);
  });

  test('of many files is left at its limit', async () => {
    const look = newLook();
    look.room.entries = 5;
    const content = (async function* () {
      yield zipOf(
        deflateRawSync(Buffer.from('a')),
        1,
        Array.from({ length: 60 }, (_, i) => `${i}`),
      );
    })();
    await secretsInFile('app/a.zip', content, look);
    expect(look).toMatchObject({ files: 5, unread: [{ why: expect.stringContaining('files') }] });
  });
});
