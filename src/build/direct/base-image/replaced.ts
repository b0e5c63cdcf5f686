import { flatten, imageFromLayers, type LayerEntry } from '../../../image/index.ts';
import type { Store } from '../../../base/node.ts';
import { pathOf } from '../python/index.ts';
import type { BaseFacts } from './facts.ts';
import { distributionsIn, type BasePython } from './pythons.ts';

/**
 * What a base has of another version of a distribution that is installed over it: as pip takes the old one away first.
 * Of its folder of metadata the folder. What the base has beside it stays.
 */
export async function replacedBy(entries: readonly LayerEntry[], facts: BaseFacts, python: BasePython, store: Store): Promise<string[]> {
  const { install, distributions } = python;
  const own = new Set(entries.map((entry) => entry.path));
  const replaced = Object.entries(distributionsIn(own, install)).flatMap(([name, metadata]) => {
    const old = distributions[name];
    return old === undefined || old === metadata ? [] : [old];
  });
  if (replaced.length === 0) return [];
  const tree = await flatten(await imageFromLayers(facts.config, facts.layers, store).layers());
  const hidden = new Set<string>();
  for (const metadata of replaced) {
    const record = `${install}/${metadata}/RECORD`;
    const text = tree.resolve(record) === undefined ? '' : Buffer.from(await tree.read(record)).toString('utf8');
    const files = text.split('\n').map((line) => `${install}/${pathOf(line)}`);
    const isGone = (path: string): boolean => tree.entries.has(path) && !own.has(path) && !path.startsWith(`${install}/${metadata}/`);
    for (const path of [...files.filter(isGone), `${install}/${metadata}`]) hidden.add(path);
  }
  return [...hidden].toSorted();
}
