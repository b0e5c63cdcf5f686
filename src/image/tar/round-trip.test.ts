import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeHead, endOfTar, paddingOf, readTar, type TarHead } from './index.ts';
import { bytesOf, textOf } from './text.ts';

async function readHeads(bytes: Uint8Array): Promise<(TarHead & { body: string })[]> {
  const found = [];
  for await (const { content, offset: _, ...head } of readTar([bytes])) {
    let body = '';
    for await (const part of content()) body += Buffer.from(part).toString('latin1');
    found.push({ ...head, body });
  }
  return found;
}

const written = (entries: readonly (readonly [TarHead, Uint8Array])[]): Buffer =>
  Buffer.concat([...entries.flatMap(([head, body]) => [encodeHead(head), body, new Uint8Array(paddingOf(body.length))]), endOfTar()]);

const part = fc
  .oneof(
    fc.stringMatching(/^[a-z.-]{1,120}$/),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.uint8Array({ minLength: 1, maxLength: 60 }).map(textOf),
  )
  .map((text) => text.replaceAll(/[/\0]/g, '_') || '_');
const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const id = fc.oneof(fc.nat({ max: 70_000 }), fc.nat({ max: 2 ** 32 - 2 }));
const xattrs = fc
  .dictionary(fc.stringMatching(/^user\.[a-z]{1,20}$/), fc.uint8Array({ maxLength: 40 }), { minKeys: 1, maxKeys: 3, noNullPrototype: true })
  .map((map) => new Map(Object.entries(map).map(([k, v]) => [k, new Uint8Array(v)])));
const mtimeSeconds = fc.oneof(fc.nat(), fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.constant(1.25));
const common = fc.record({ path, mode: fc.nat({ max: 0o7777 }), uid: id, gid: id, mtimeSeconds });
const entry = fc.oneof(
  fc
    .tuple(common, fc.uint8Array({ maxLength: 1500 }), fc.option(xattrs))
    .map(
      ([head, body, attributes]) =>
        [{ ...head, type: 'file', sizeBytes: body.length, ...(attributes ? { xattrs: attributes } : {}) } as TarHead, body] as const,
    ),
  common.map((head) => [{ ...head, type: 'directory', sizeBytes: 0 } as TarHead, new Uint8Array()] as const),
  fc
    .tuple(common, path, fc.constantFrom('symlink', 'hardlink'))
    .map(([head, target, type]) => [{ ...head, type, target, sizeBytes: 0 } as TarHead, new Uint8Array()] as const),
  fc
    .tuple(common, fc.nat({ max: 4095 }), fc.nat({ max: 0o777_7777 }), fc.constantFrom('character', 'block'))
    .map(([head, major, minor, type]) => [{ ...head, type, device: { major, minor }, sizeBytes: 0 } as TarHead, new Uint8Array()] as const),
  common.map((head) => [{ ...head, type: 'fifo', sizeBytes: 0 } as TarHead, new Uint8Array()] as const),
);

test('what is written is read back exactly, whatever names, numbers, links and attributes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
      const bytes = written(entries);
      expect(bytes.length % 512).toBe(0);
      expect(await readHeads(bytes)).toEqual(entries.map(([head, body]) => ({ ...head, body: Buffer.from(body).toString('latin1') })));
      expect(written(entries).equals(bytes)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('bytes that are no UTF-8 survive as text and back', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => Buffer.from(bytes).equals(bytesOf(textOf(bytes)))));
});

const deep = `${'d'.repeat(120)}/${'e'.repeat(120)}/${'f'.repeat(60)}`;
const base = { mode: 0o644, uid: 0, gid: 0, sizeBytes: 0, mtimeSeconds: 86_400 };
const sample: readonly (readonly [TarHead, Uint8Array])[] = [
  [{ ...base, path: 'bin', type: 'directory', mode: 0o1777 }, new Uint8Array()],
  [{ ...base, path: 'bin/tool', type: 'file', mode: 0o4755, uid: 10_001, gid: 3_000_000_000, sizeBytes: 5 }, Buffer.from('tool\n')],
  [{ ...base, path: deep, type: 'file', sizeBytes: 3 }, Buffer.from('abc')],
  [{ ...base, path: 'grün/日本', type: 'file' }, new Uint8Array()],
  [{ ...base, path: `${'p'.repeat(150)}/${'n'.repeat(100)}`, type: 'file' }, new Uint8Array()],
  [{ ...base, path: 'link', type: 'symlink', mode: 0o777, target: deep }, new Uint8Array()],
  [{ ...base, path: 'zz', type: 'hardlink', mode: 0o4755, target: 'bin/tool' }, new Uint8Array()],
];

test('GNU tar lists and unpacks what is written: modes, owners, times, long and non-ASCII names, links', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-tar-'));
  try {
    const file = join(folder, 'ours.tar');
    writeFileSync(file, written(sample));
    const lines = execFileSync('tar', ['--numeric-owner', '--quoting-style=literal', '-tvf', file], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    })
      .trim()
      .split('\n');
    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'drwxrwxrwt 0/0 0 1970-01-02 00:00 bin/',
      '-rwsr-xr-x 10001/3000000000 5 1970-01-02 00:00 bin/tool',
      `-rw-r--r-- 0/0 3 1970-01-02 00:00 ${deep}`,
      '-rw-r--r-- 0/0 0 1970-01-02 00:00 grün/日本',
      `-rw-r--r-- 0/0 0 1970-01-02 00:00 ${'p'.repeat(150)}/${'n'.repeat(100)}`,
      `lrwxrwxrwx 0/0 0 1970-01-02 00:00 link -> ${deep}`,
      'hrwsr-xr-x 0/0 0 1970-01-02 00:00 zz link to bin/tool',
    ]);
    execFileSync('tar', ['-xf', file, '-C', folder, '--no-same-owner']);
    expect(readFileSync(join(folder, deep), 'utf8')).toBe('abc');
    expect(statSync(join(folder, 'zz')).ino).toBe(statSync(join(folder, 'bin/tool')).ino);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("python's tarfile reads the same entries", () => {
  const script = `
import io, json, sys, tarfile
with tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())) as tar:
    print(json.dumps([[m.name, m.type.decode(), m.mode, m.uid, m.gid, m.size, int(m.mtime), m.linkname] for m in tar]))`;
  const flags: Partial<Record<TarHead['type'], string>> = { file: '0', hardlink: '1', symlink: '2', directory: '5' };
  const seen: unknown = JSON.parse(execFileSync('python3', ['-c', script], { input: written(sample), encoding: 'utf8' }));
  expect(seen).toEqual(sample.map(([h]) => [h.path, flags[h.type], h.mode, h.uid, h.gid, h.sizeBytes, h.mtimeSeconds, h.target ?? '']));
});
