import { readLayerEntries, type Image, type ImageTree } from '../../image/index.ts';
import { instructionOf } from '../layer-place.ts';
import type { Finding } from './finding.ts';
import { secretsInFile } from './scan.ts';
import type { Secret } from './secret.ts';
import { keyOf, vouchedByDebian } from './vouched.ts';

/** What was found in the files of all layers, also in those that a later layer replaces or deletes, and how much was looked at. */
export interface Searched {
  readonly found: readonly Finding[];
  readonly files: number;
  readonly layers: number;
}

export async function secretsInLayers(image: Image, tree: () => Promise<ImageTree>): Promise<Searched> {
  const found: (Finding & { readonly path: string; readonly layer: number })[] = [];
  let files = 0;
  const layers = await image.layers();
  for (const [index, layer] of layers.entries())
    for await (const record of readLayerEntries(layer.tar(), `layer ${index + 1}`)) {
      if (record.type !== 'file') continue;
      files += 1;
      const { path } = record;
      for (const secret of await secretsInFile(path, record.content())) {
        const entry = (await tree()).entries.get(path);
        const later = entry?.layer === index ? '' : `; a later layer ${entry ? 'replaces' : 'deletes'} it`;
        const where = `/${path}${placeIn(secret)} (layer ${index + 1}${instructionOf(layer.createdBy)}${later})`;
        found.push({
          what: [secret.name, secret.shown ?? []].flat().join(' '),
          where,
          in: `/${path}`,
          known: secret.known,
          path,
          layer: index,
        });
      }
    }
  const published = await vouchedByDebian(image, found);
  return { found: found.filter((it) => !published.has(keyOf(it))), files, layers: layers.length };
}

const placeIn = ({ line, offset }: Secret): string => (line !== undefined ? `:${line}` : offset !== undefined ? ` at byte ${offset}` : '');
