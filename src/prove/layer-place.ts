import type { Image, TreeEntry } from '../image/index.ts';

/** Characters of an instruction that are shown: enough to find it by. */
const SHOWN = 72;

/** Says of an entry of the tree where it lies and what put it there: `/usr/bin/su (layer 1: RUN apt-get install …)`. */
export async function placesIn(image: Image): Promise<(entry: Pick<TreeEntry, 'record' | 'layer'>) => string> {
  const layers = await image.layers();
  return ({ record, layer }) => `/${record.path} (layer ${layer + 1}${instructionOf(layers[layer]?.createdBy)})`;
}

/** `: RUN apt-get install …`, what made a layer, where its history says so. As a Dockerfile has it: the classic builder writes `/bin/sh -c`, BuildKit a mark at the end. */
export function instructionOf(createdBy: string | undefined): string {
  const text = (createdBy ?? '')
    .replace(/^(?:RUN )?\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^(?:RUN )?(?:\|\d+ .*?)?\/bin\/sh -c /, 'RUN ')
    .replace(/\s*# buildkit$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (text === '') return '';
  return `: ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`;
}
