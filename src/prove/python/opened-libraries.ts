import { formatPlace } from '../../base/index.ts';
import type { ImageTree } from '../../image/index.ts';
import { SYSTEM_NEEDS, type SystemNeed } from '../../plan/index.ts';
import type { Service } from '../../service/index.ts';
import type { Libraries, Unmet } from '../elf/libraries.ts';
import type { ImportGraph } from './import-graph.ts';
import type { Modules } from './modules.ts';

interface Around {
  readonly tree: ImageTree;
  readonly graph: ImportGraph;
  readonly modules: Modules;
  readonly libraries: Libraries;
  readonly service: Service | undefined;
}

/**
 * Libraries that are opened by name when the service starts (dlopen(3)) and that the loader would not find. Only what must
 * fail is told: modules of the table of distributions whose import ends without the library, and what the service's own
 * modules load at their top, in no `try`.
 */
export async function unopened(around: Around): Promise<readonly Unmet[]> {
  const found: Unmet[] = [];
  for (const row of SYSTEM_NEEDS) if (row.loads && isReached(row, around)) found.push(...(await missingOf(row, row.loads, around)));
  for (const fact of around.service?.libraries ?? []) {
    const { name, finds, unguarded } = fact.value;
    if (finds || !unguarded || !/\.so(\.\d+)*$/.test(name)) continue;
    const [at] = fact.because;
    const by = at.from === 'file' ? formatPlace({ file: at.file, line: at.range.start.line }) : 'the source';
    found.push(...(await opened(name, [name], by, around)));
  }
  return found;
}

/** By the imports that were followed; or the service imports it, in a module that a framework finds by itself. */
function isReached({ loads, modules }: SystemNeed, { graph, service, modules: installed }: Around): boolean {
  if (graph.modules.has(loads?.module ?? '')) return true;
  const own = (service?.imports ?? []).filter(({ unguarded }) => unguarded);
  return own.some(
    ({ dotted }) => modules.some((module) => dotted === module || dotted.startsWith(`${module}.`)) && isThere(dotted, installed),
  );
}

const isThere = (dotted: string, installed: Modules): boolean => installed.find(dotted.split('.')[0] ?? '') !== undefined;

async function missingOf(row: SystemNeed, loads: NonNullable<SystemNeed['loads']>, around: Around): Promise<readonly Unmet[]> {
  if ((row.unless ?? []).some((name) => around.modules.find(name.replaceAll('-', '_')))) return [];
  const by = `\`${loads.module}\` of ${row.distribution}`;
  const found: Unmet[] = [];
  for (const names of loads.libraries) found.push(...(await opened(names[0] ?? '', names, by, around)));
  if (found.length > 0 || !row.finds) return found;
  return (await isFindable(loads.libraries, around.tree))
    ? []
    : [
        {
          by,
          library: loads.libraries[0]?.[0] ?? '',
          why: '`ctypes.util.find_library` looks for it, which asks ldconfig: that, or its cache /etc/ld.so.cache, is not in the image or does not know it',
        },
      ];
}

/** One of `names`, and all that it needs. A wheel may bring it under a name of its own. */
async function opened(told: string, names: readonly string[], by: string, { tree, libraries }: Around): Promise<readonly Unmet[]> {
  for (const name of names) {
    const path = await libraries.opened(name);
    if (path !== undefined) return libraries.load(path);
  }
  const stems = names.map((name) => name.replace(/\.so.*$/, ''));
  const isBrought = [...tree.entries.keys()].some((path) => {
    const file = /(?:site|dist)-packages\/(?:.*\/)?([^/]+\.so[^/]*)$/.exec(path)?.[1];
    return file !== undefined && stems.some((stem) => file.startsWith(stem));
  });
  return isBrought
    ? []
    : [{ by, library: told, why: 'it is opened by name when this is imported, and is in no folder that the loader searches' }];
}

/** musl has no such cache, and Python other ways there: nothing is claimed. Compilers are asked where ldconfig is not. */
async function isFindable(libraries: readonly (readonly string[])[], tree: ImageTree): Promise<boolean> {
  const has = (path: string): boolean => tree.resolve(path) !== undefined;
  if ([...tree.entries.keys()].some((path) => /(^|\/)ld-musl-[^/]*\.so\.1$/.test(path))) return true;
  if (['usr/bin/gcc', 'usr/bin/cc', 'usr/bin/ld'].some(has)) return true;
  const cache = tree.resolve('etc/ld.so.cache');
  if (!has('sbin/ldconfig') || cache === undefined) return false;
  const text = Buffer.from(await tree.read(cache)).toString('latin1');
  return libraries.every((names) => names.some((name) => text.includes(`${name}\0`)));
}
