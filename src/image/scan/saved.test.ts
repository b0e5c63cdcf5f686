import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { sha256 } from '../../base/node.ts';
import { openImage } from '../open.ts';
import { scanLayers } from './scan.ts';
import { scanSaved } from './saved.ts';

const place = mkdtempSync(join(tmpdir(), 'plimsoll-saved-'));
afterAll(() => rmSync(place, { recursive: true }));

const tar = (folder: string, file: string, ...names: readonly string[]): Buffer => {
  execFileSync('tar', ['-cf', file, '-C', folder, ...names]);
  return readFileSync(file);
};

/** An archive as Docker sends it: two layers, the second of them shared by a link or compressed or a blob. */
function archive(name: string, kind: 'plain' | 'gzip' | 'link' | 'blobs', over: { readonly diffId?: string } = {}): string {
  const root = join(place, name);
  mkdirSync(join(root, 'files'), { recursive: true });
  writeFileSync(join(root, 'files/a'), 'x'.repeat(5000));
  writeFileSync(join(root, 'files/b'), 'y'.repeat(3000));
  const layers = [tar(join(root, 'files'), join(root, 'one.tar'), 'a'), tar(join(root, 'files'), join(root, 'two.tar'), 'b')];
  const out = join(root, 'out');
  mkdirSync(out);
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [sha256(layers[0]!), over.diffId ?? sha256(layers[1]!)] },
    history: [{ created_by: 'ADD a' }, { created_by: 'ENV x', empty_layer: true }, { created_by: 'COPY b' }],
  });
  writeFileSync(join(out, 'config.json'), config);
  const paths = layers.map((bytes, i) => {
    const path = kind === 'blobs' ? `blobs/sha256/${sha256(bytes).slice(7)}` : `${i}/layer.tar`;
    mkdirSync(join(out, path, '..'), { recursive: true });
    writeFileSync(join(out, path), kind === 'gzip' ? gzipSync(bytes) : bytes);
    return path;
  });
  if (kind === 'link') {
    mkdirSync(join(out, 'shared'));
    renameSync(join(out, paths[1]!), join(out, 'shared/layer.tar'));
    symlinkSync('../shared/layer.tar', join(out, paths[1]!));
  }
  writeFileSync(join(out, 'VERSION'), '1.0');
  writeFileSync(join(out, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: ['a:1'], Layers: paths }]));
  const file = join(root, 'image.tar');
  tar(out, file, '.');
  return file;
}

test.each(['plain', 'gzip', 'link', 'blobs'] as const)('an image that passes (%s) is the image that was saved', async (kind) => {
  const file = archive(kind, kind);
  const passed = await scanSaved(createReadStream(file, { highWaterMark: 700 }), 'docker:a', () => false);
  const saved = await openImage(`docker-archive:${file}`);
  const layers = await saved.layers();
  const scanned = await scanLayers(layers, () => false);
  expect(passed.digest).toBe(await saved.digest());
  expect(passed.layers).toEqual(layers.map(({ descriptor: { digest, size }, createdBy }) => ({ digest, compressed: size, createdBy })));
  expect(passed.scanned.map(({ records, tarBytes }) => ({ records, tarBytes }))).toEqual(
    scanned.map(({ records, tarBytes }) => ({ records, tarBytes })),
  );
  for (const layer of scanned) layer.close();
});

test('a layer that its config does not name, and an archive that is cut off, are broken', async () => {
  const file = archive('other', 'plain', { diffId: `sha256:${'0'.repeat(64)}` });
  await expect(scanSaved(createReadStream(file), 'docker:a', () => false)).rejects.toThrow(
    'docker:a: its layers are not those that its config names',
  );
  const whole = archive('whole', 'plain');
  await expect(scanSaved(createReadStream(whole, { end: 3000 }), 'docker:a', () => false)).rejects.toThrow('docker:a');
});
