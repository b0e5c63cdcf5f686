import { readLayerEntries, type Image, type ImageTree } from '../../image/index.ts';
import { instructionOf } from '../layer-place.ts';
import { newLook } from './archives/look-into.ts';
import type { Finding } from './finding.ts';
import { secretsInFile } from './scan.ts';
import type { Secret } from './secret.ts';
import { keyOf, vouchedByDebian } from './vouched.ts';

/** What was found in the files of all layers, also in those that a later layer replaces or deletes, and how much was looked at. */
export interface Searched {
  readonly found: readonly Finding[];
  readonly files: number;
  readonly layers: number;
  /** Archives that were opened, the files in them, and what could not be looked into. */
  readonly archives: number;
  readonly packedFiles: number;
  readonly unread: readonly { readonly where: string; readonly why: string }[];
}

export async function secretsInLayers(image: Image, tree: () => Promise<ImageTree>): Promise<Searched> {
  const found: (Finding & { readonly path: string; readonly layer: number })[] = [];
  let files = 0;
  const look = newLook();
  const unread: { where: string; why: string }[] = [];
  const layers = await image.layers();
  for (const [index, layer] of layers.entries())
    for await (const record of readLayerEntries(layer.tar(), `layer ${index + 1}`)) {
      if (record.type !== 'file') continue;
      files += 1;
      const { path } = record;
      for (const secret of await secretsInFile(path, record.content(), look)) {
        const entry = (await tree()).entries.get(path);
        const later = entry?.layer === index ? '' : `; a later layer ${entry ? 'replaces' : 'deletes'} it`;
        const where = `/${[path, ...(secret.inside ?? [])].join('!')}${placeIn(secret)} (layer ${index + 1}${instructionOf(layer.createdBy)}${later})`;
        found.push({
          what: [secret.name, secret.shown ?? []].flat().join(' '),
          where,
          in: `/${path}`,
          ...(secret.inside ? { inside: secret.inside.join('!') } : {}),
          known: secret.known,
          path,
          layer: index,
        });
      }
      for (const { inside, why } of look.unread.splice(0))
        unread.push({ where: `/${[path, ...inside].join('!')} (layer ${index + 1})`, why });
    }
  const published = await vouchedByDebian(image, found);
  return {
    found: found.filter((it) => !published.has(keyOf(it))),
    files,
    layers: layers.length,
    archives: look.archives,
    packedFiles: look.files,
    unread,
  };
}

const placeIn = ({ line, offset }: Secret): string => (line !== undefined ? `:${line}` : offset !== undefined ? ` at byte ${offset}` : '');
