import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/node.ts';
import { readLayerEntries, type Image, type ImageLayer } from '../image/index.ts';

/** One way in which two images differ, where it is seen first: `layer 4: plimsoll: application`, `/app/x: other content`. */
export interface Difference {
  readonly where: string;
  readonly what: string;
}

/** What differs between two images: files of the layers whose tars do, else what names them. Empty for the same digest. */
export async function differencesOf(one: Image, other: Image): Promise<readonly Difference[]> {
  if ((await one.digest()) === (await other.digest())) return [];
  const [before, after] = [await one.layers(), await other.layers()];
  const found: Difference[] = [];
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const [a, b] = [before[index], after[index]];
    const where = `layer ${index + 1}: ${(a ?? b)?.createdBy ?? 'no instruction'}`;
    if (!a || !b) found.push({ where, what: a ? 'only in the first build' : 'only in the second build' });
    else if (a.diffId !== b.diffId) found.push(...(await inLayer(a, b)).map((what) => ({ where, what })));
    else if (a.descriptor.digest !== b.descriptor.digest) found.push({ where, what: 'compressed in another way' });
  }
  if (canonicalJson(withoutLayers(await one.config())) !== canonicalJson(withoutLayers(await other.config())))
    found.push({ where: 'config', what: 'another one' });
  return found.length > 0 ? found : [{ where: 'manifest', what: 'another one' }];
}

const withoutLayers = (config: object): object => ({ ...config, rootfs: undefined });

async function inLayer(a: ImageLayer, b: ImageLayer): Promise<readonly string[]> {
  const [before, after] = [await entriesOf(a), await entriesOf(b)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const found = paths.flatMap((path) => {
    const [x, y] = [before.get(path), after.get(path)];
    if (x?.head === y?.head && x?.content === y?.content) return [];
    const how = !x
      ? 'only in the second build'
      : !y
        ? 'only in the first build'
        : x.content === y.content
          ? 'other mode, owner or time'
          : 'other content';
    return [`/${path}: ${how}`];
  });
  return found.length > 0 ? found : ['the same files in another order'];
}

async function entriesOf(layer: ImageLayer): Promise<ReadonlyMap<string, { readonly head: string; readonly content: string }>> {
  const found = new Map<string, { head: string; content: string }>();
  for await (const record of readLayerEntries(layer.tar())) {
    const hash = createHash('sha256');
    if (record.type === 'file') for await (const piece of record.content()) hash.update(piece);
    const { content: _, offset: __, ...head } = { content: undefined, offset: 0, ...record };
    found.set(record.path, { head: JSON.stringify(head), content: hash.digest('hex') });
  }
  return found;
}
