import { flatten, imageFromLayers, recordedPath, type ImageTree, type LayerEntry } from '../../../image/index.ts';
import type { Store } from '../../../base/node.ts';
import type { BaseFacts } from './facts.ts';
import { distributionsIn, type BasePython } from './pythons.ts';

/**
 * What a base has of a distribution that is installed over it: of another version its files, as pip takes the old one
 * away first, and its folder of metadata; of any version the byte code of modules that are other ones now. What the base
 * has beside it stays.
 */
export async function replacedBy(entries: readonly LayerEntry[], facts: BaseFacts, python: BasePython, store: Store): Promise<string[]> {
  const { install, distributions } = python;
  const own = new Set(entries.map((entry) => entry.path));
  const installed = Object.entries(distributionsIn(own, install)).flatMap(([name, metadata]) => {
    const old = distributions[name];
    return old === undefined ? [] : [{ old, isOther: old !== metadata }];
  });
  if (installed.length === 0) return [];
  const tree = await flatten(await imageFromLayers(facts.config, facts.layers, store).layers());
  const gone = new Set<string>();
  for (const { old } of installed.filter(({ isOther }) => isOther)) {
    const isGone = (path: string): boolean => tree.entries.has(path) && !own.has(path) && !path.startsWith(`${install}/${old}/`);
    for (const path of [...(await filesOf(tree, install, old)).filter(isGone), `${install}/${old}`]) gone.add(path);
  }
  const modules = new Set([...own, ...gone]);
  const stale = [...tree.entries.keys()].filter((path) => !own.has(path) && modules.has(sourceOf(path) ?? ''));
  return [...new Set([...gone, ...stale])].toSorted();
}

/** What its list of files names. */
async function filesOf(tree: ImageTree, install: string, metadata: string): Promise<string[]> {
  const record = `${install}/${metadata}/RECORD`;
  const text = tree.resolve(record) === undefined ? '' : Buffer.from(await tree.read(record)).toString('utf8');
  return text.split('\n').map((line) => `${install}/${recordedPath(line)}`);
}

/**
 * The source that a file of byte code stands for: PEP 3147, PEP 488. Without times in it (PEP 552), or where all times
 * are the same, it would be taken whatever the source has become.
 */
function sourceOf(path: string): string | undefined {
  const [, folder, name] = /^(.*)__pycache__\/([^/]+?)\.[^./]+(?:\.opt-[^./]+)?\.pyc$/.exec(path) ?? [];
  return name === undefined ? undefined : `${folder}${name}.py`;
}
