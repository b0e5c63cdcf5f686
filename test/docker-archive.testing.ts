import { writeFileSync } from 'node:fs';
import { sha256 } from '../src/base/node.ts';
import type { ImageConfig } from '../src/image/index.ts';
import { tarOf, type Entry } from '../src/run/image.testing.ts';

/** Writes an image of one layer as `docker save` does. Returns its name for a command. */
export function dockerArchive(file: string, entries: readonly Entry[], config: NonNullable<ImageConfig['config']>, tag = 'test:1'): string {
  const layer = tarOf(entries);
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const document = { architecture, os: 'linux', config, rootfs: { type: 'layers', diff_ids: [sha256(layer)] } };
  const manifest = [{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }];
  writeFileSync(
    file,
    tarOf([
      { path: 'config.json', content: JSON.stringify(document) },
      { path: 'layer.tar', content: layer },
      { path: 'manifest.json', content: JSON.stringify(manifest) },
    ]),
  );
  return `docker-archive:${file}`;
}
