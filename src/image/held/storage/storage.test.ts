import { createHash } from 'node:crypto';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../../base/index.ts';
import { hostPlatform } from '../../platform.ts';
import { openOnDisk } from '../../layout/open.ts';
import { scanLayers } from '../../scan/index.ts';
import type { Image } from '../../types.ts';
import { openStored } from './open.ts';
import { ownPodman, removeOwn, writeArchive, type OwnPodman } from './podman.testing.ts';

const place = mkdtempSync(join(tmpdir(), 'plimsoll-storage-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const hasPodman = spawnSync('podman', ['--version']).status === 0;
const isRoot = process.geteuid?.() === 0;
/** `podman save`: one that a test does not want. */
const never = (why: string | undefined): Promise<Image> => Promise.reject(new Error(`it was saved: ${why}`));
const archiveAt = (file: string): Promise<Image> => openOnDisk({ kind: 'docker-archive', path: file }, hostPlatform());

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
}

/** What a scan sees of an image, contents among it. */
async function seen(image: Image): Promise<unknown> {
  const scanned = await scanLayers(await image.layers(), () => true);
  try {
    return scanned.map(({ records, tarBytes, contents }) => ({
      tarBytes,
      records: records.map((record) =>
        record.type === 'file'
          ? [record, Buffer.from(contents.text(record) ?? []).toString('latin1'), contents.digest(record), contents.unloaded(record)]
          : record,
      ),
    }));
  } finally {
    for (const layer of scanned) layer.close();
  }
}

// Root alone can lay one layer over another without a helper on every kernel.
describe.skipIf(!hasPodman).each(isRoot ? (['overlay', 'vfs'] as const) : (['vfs'] as const))(
  'an image in Podman’s storage (%s)',
  (driver) => {
    let own: OwnPodman;
    let saved: Image;
    const folder = join(place, driver);
    beforeAll(async () => {
      mkdirSync(folder);
      own = ownPodman(folder, driver);
      own.podman('load', '--quiet', '--input', writeArchive(folder));
      own.podman('save', '--quiet', '--format', 'docker-archive', '--output', join(folder, 'saved.tar'), 'held:1');
      saved = await archiveAt(join(folder, 'saved.tar'));
    }, 120_000);
    afterAll(() => removeOwn(own));

    test('is that which `podman save` writes, and so is the tar of each layer, byte for byte', async () => {
      const stored = await openStored('held:1', never, own.asker);
      expect(Buffer.from(await stored.manifest()).toString()).toBe(Buffer.from(await saved.manifest()).toString());
      expect(await stored.config()).toEqual(await saved.config());
      const layers = await stored.layers();
      expect(layers).toHaveLength(2);
      for (const layer of layers) expect(await digestOf(layer.tar())).toBe(layer.diffId);
    });

    test('is looked through by its headers, and its contents are those of the tar', async () => {
      expect(await seen(await openStored('held:1', never, own.asker))).toEqual(await seen(saved));
    });

    test('is found by the names and ids that Podman takes', async () => {
      const id = own.podman('image', 'inspect', '--format', '{{.Id}}', 'held:1');
      own.podman('tag', 'held:1', 'docker.io/library/short', 'registry.example/team/app:2');
      for (const name of ['held:1', 'localhost/held:1', id, id.slice(0, 12), `sha256:${id}`, 'short', 'registry.example/team/app:2']) {
        expect(own.podman('image', 'inspect', '--format', '{{.Id}}', name)).toBe(id);
        expect(await (await openStored(name, never, own.asker)).digest()).toBe(await saved.digest());
      }
      for (const name of ['held', 'app:2', 'none:1', `held@sha256:${'0'.repeat(64)}`])
        await expect(openStored(name, never, own.asker)).rejects.toThrow('it was saved: undefined');
    });

    test('is not written to, and no lock of it is waited for', async () => {
      const below = readdirSync(own.graph, { recursive: true, encoding: 'utf8' }).toSorted();
      const state = (): readonly string[] =>
        below.map((path) => {
          // A name that is no UTF-8 cannot be asked for so.
          const { mtimeMs, size } = lstatSync(join(own.graph, path), { throwIfNoEntry: false }) ?? {};
          return `${path} ${mtimeMs} ${size}`;
        });
      const locks = below.filter((path) => path.endsWith('.lock')).map((path) => join(own.graph, path));
      expect(locks.length).toBeGreaterThan(2);
      // fcntl(2), as containers/storage has it.
      const hold =
        'import fcntl, sys\nfor f in sys.argv[1:]: h = open(f, "r+"); fcntl.lockf(h, fcntl.LOCK_EX); globals()[f] = h\nprint("held", flush=True)\nsys.stdin.read()';
      const holder = spawn('python3', ['-c', hold, ...locks], { stdio: ['pipe', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => holder.once('close', resolve));
      try {
        expect(String(await new Promise((resolve) => holder.stdout.once('data', resolve))).trim()).toBe('held');
        const before = state();
        await seen(await openStored('held:1', never, own.asker));
        expect(state()).toEqual(before);
        expect(holder.exitCode).toBe(null);
      } finally {
        holder.stdin.end();
        await ended;
      }
    });

    describe('that is damaged', () => {
      /** A copy of the storage, damaged, and what is said of it. */
      async function damaged(name: string, damage: (graph: string, top: string) => void) {
        const copy = join(folder, name);
        mkdirSync(copy);
        execFileSync('cp', ['-a', own.graph, join(copy, 'graph')]);
        const layers = JSON.parse(readFileSync(join(own.graph, `${driver}-layers/layers.json`), 'utf8')) as {
          id: string;
          parent?: string;
        }[];
        const top = layers.find(({ parent }) => parent)!.id;
        damage(join(copy, 'graph'), top);
        const conf = join(copy, 'storage.conf');
        writeFileSync(conf, `[storage]\ndriver = "${driver}"\n${isRoot ? 'graphroot' : 'rootless_storage_path'} = "${copy}/graph"\n`);
        const asker = { ...own.asker, env: { ...own.env, CONTAINERS_STORAGE_CONF: conf } };
        const whys: (string | undefined)[] = [];
        const save = async (why: string | undefined): Promise<Image> => (whys.push(why), saved);
        const image = await openStored('held:1', save, asker);
        return { image, whys, asker, copy };
      }
      const tarSplit = (graph: string, top: string): string => join(graph, `${driver}-layers`, `${top}.tar-split.gz`);
      const contentOf = (graph: string, top: string, path: string): string =>
        driver === 'vfs' ? join(graph, 'vfs/dir', top, path) : join(graph, 'overlay', top, 'diff', path);

      const secret = 's'.repeat(5000);
      const outside = join(place, `outside-${driver}`);
      beforeAll(() => {
        mkdirSync(outside);
        writeFileSync(join(outside, 'b'), secret);
      });

      const CASES: readonly (readonly [string, (graph: string, top: string) => void, string])[] = [
        ['its tar-split is gone', (graph, top) => rmSync(tarSplit(graph, top)), 'tar-split.gz: ENOENT'],
        [
          'its tar-split is cut off',
          (graph, top) => writeFileSync(tarSplit(graph, top), readFileSync(tarSplit(graph, top)).subarray(0, 200)),
          'tar-split.gz: unexpected end of file',
        ],
        [
          'its tar-split is another layer’s',
          (graph, top) => {
            const other = readdirSync(join(graph, `${driver}-layers`)).find((name) => name.endsWith('.gz') && !name.startsWith(top))!;
            writeFileSync(tarSplit(graph, top), readFileSync(join(graph, `${driver}-layers`, other)));
          },
          'where the layer has',
        ],
        [
          'a folder is a link out of it',
          (graph, top) => {
            const lib = contentOf(graph, top, 'usr/lib');
            renameSync(lib, `${lib}-before`);
            symlinkSync(outside, lib);
          },
          'usr/lib/b: a link or a file is on the way, and none is followed',
        ],
        [
          'a folder is gone',
          (graph, top) => rmSync(contentOf(graph, top, 'usr/lib'), { recursive: true }),
          'usr/lib/b: it cannot be read (ENOENT)',
        ],
      ];
      test.each(CASES)('where %s: it is saved in its place, and nothing outside is read', async (name, damage, why) => {
        const { image, whys } = await damaged(name.replaceAll(' ', '-'), damage);
        const found = await seen(image);
        expect(whys).toEqual([expect.stringContaining(why)]);
        expect(found).toEqual(await seen(saved));
        expect(JSON.stringify(found)).not.toContain(secret);
        for (const layer of await image.layers()) expect(await digestOf(layer.tar())).toBe(layer.diffId);
      });

      test('where one content is a link, a pipe or another file, the place is told, and nothing outside is read', async () => {
        const swap = (make: (file: string) => void) => (graph: string, top: string) => {
          rmSync(contentOf(graph, top, 'usr/lib/b'));
          make(contentOf(graph, top, 'usr/lib/b'));
        };
        const link = await damaged(
          'link',
          swap((file) => symlinkSync(join(outside, 'b'), file)),
        );
        await expect(seen(link.image)).rejects.toThrow('usr/lib/b: a link or a file is on the way, and none is followed');
        const pipe = await damaged(
          'pipe',
          swap((file) => execFileSync('python3', ['-c', 'import os, sys; os.mkfifo(sys.argv[1])', file])),
        );
        await expect(seen(pipe.image)).rejects.toThrow('usr/lib/b: it is no file of 5000 bytes, as the layer has it');
        const other = await damaged(
          'other',
          swap((file) => writeFileSync(file, 'o'.repeat(5000))),
        );
        const top = (await other.image.layers()).at(-1)!;
        await expect(digestOf(top.tar())).rejects.toThrow(`blob ${top.diffId} does not match its digest`);
      });

      test.each(['images', 'layers'])(
        'where %s.json is cut off, Podman itself is asked, and where that fails too both are told',
        async (which) => {
          const file = (graph: string): string => join(graph, `${driver}-${which}`, `${which}.json`);
          const { whys, asker } = await damaged(which, (graph) => writeFileSync(file(graph), readFileSync(file(graph)).subarray(0, 300)));
          expect(whys).toEqual([expect.stringMatching(new RegExp(`${which}/${which}.json: it is no JSON: was it cut off\\?$`))]);
          const fails = () => Promise.reject(new EnvironmentError('`podman save` ended with 125', 'run `podman info`'));
          const both = {
            name: 'EnvironmentError',
            message: expect.stringMatching(/^\/.*: was it cut off\?; and `podman save` ended with 125$/),
          };
          await expect(openStored('held:1', fails, asker)).rejects.toMatchObject(both);
        },
      );
    });
  },
);
