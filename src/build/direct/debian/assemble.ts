import { silent } from '../../../base/index.ts';
import { keyOf, type Store } from '../../../base/node.ts';
import type { LayerEntry } from '../../../image/index.ts';
import type { LockedPackage } from '../../types.ts';
import { neededLibraries } from '../elf/index.ts';
import { alternativeLinks, alternativesIn } from './alternatives.ts';
import { readDeb, type Deb } from './deb.ts';
import { fetchPackages } from './download.ts';
import { loaderCache } from './loader-cache.ts';
import { madeForBase, madeForInterpreter, type ImageUser } from './made.ts';
import { mergeUsr } from './merge-usr.ts';
import type { DebianJob } from './resolve.ts';
import { statusEntries } from './status.ts';
import { ruleFor, trimRules } from './trim.ts';

export interface Assembly {
  /** All of one architecture, as `resolveDebian` gives them; each layer takes its own. */
  readonly packages: readonly LockedPackage[];
  /** `3.11`. */
  readonly python: string;
  readonly user: ImageUser;
  /**
   * Libraries (`libstdc++.so.6`) that dependencies link to: then what only they would need is left out. Unknown: all stays.
   */
  readonly needed?: ReadonlySet<string> | undefined;
  /** `ctypes.util.find_library` is to find libraries: ldconfig and its cache are in the image. */
  readonly findsLibraries?: boolean | undefined;
}

/** Raised when the code here makes other entries from the same packages; changed rules are seen by themselves. */
const assemblyVersion = 1;

/** The packages that every image has, whatever interpreter stands on it. */
const basePackages = /^(?:base-files|ca-certificates|gcc-\d+-base|libc-bin|libc6|libcrypt1|libgcc-s1|netbase|tzdata)$/;

/** Taken only when a dependency, or another package of the layer, links to the library. */
const onDemand: ReadonlyMap<string, string> = new Map([['libstdc++6', 'libstdc++.so.6']]);

type LayerName = 'base' | 'interpreter';

/** The packages of one layer, those on demand included. */
const packagesOf = (layer: LayerName, { packages }: Assembly): LockedPackage[] =>
  packages.filter((one) => basePackages.test(one.name) === (layer === 'base'));

/** Names the base layer by everything that it is made from. Nothing is fetched to know it. */
export const baseKey = (assembly: Assembly): string => layerKey('base', assembly, assembly.user);

/** Names the interpreter's layer by everything that it is made from. Nothing is fetched to know it. */
export const interpreterKey = (assembly: Assembly): string =>
  layerKey('interpreter', assembly, assembly.findsLibraries ? [assembly.python, baseKey(assembly)] : assembly.python);

function layerKey(layer: LayerName, assembly: Assembly, made: unknown): string {
  const rules = trimRules.map((rule) => [
    rule.id,
    rule.path.source,
    rule.package?.source,
    rule.unlessNeeded !== undefined && (assembly.needed?.has(rule.unlessNeeded) ?? true),
  ]);
  const packages = packagesOf(layer, assembly).map((one) => [one.name, one.sha256]);
  const demanded = [...onDemand.values()].map((library) => assembly.needed?.has(library) ?? true);
  return keyOf({ assemblyVersion, layer, rules, packages, demanded, made });
}

/**
 * The base layer: C library, certificates, time zones, accounts. Packages come from the store, or are fetched into it.
 * Throws EnvironmentError when one cannot be had.
 */
export async function assembleBase(assembly: Assembly, job: DebianJob): Promise<LayerEntry[]> {
  const layer = await unpacked('base', assembly, job);
  return unique([...layer.entries, ...madeForBase(layer.untrimmed, assembly.user)]);
}

/**
 * The interpreter's layer: Python, its standard library, the libraries that it needs, and packages asked for beside it.
 * Throws EnvironmentError when one cannot be had.
 */
export async function assembleInterpreter(assembly: Assembly, job: DebianJob): Promise<LayerEntry[]> {
  const layer = await unpacked('interpreter', assembly, job);
  const links = alternativeLinks(layer.scripts.flatMap(alternativesIn), layer.entries);
  const entries = [...layer.entries, ...links, ...madeForInterpreter(assembly.python)];
  return unique([...entries, ...(assembly.findsLibraries ? await finder(entries, assembly, job) : [])]);
}

/** ldconfig, which only prints its cache here, and the cache over both layers. */
async function finder(entries: readonly LayerEntry[], assembly: Assembly, job: DebianJob): Promise<LayerEntry[]> {
  const base = await unpacked('base', assembly, job);
  const architecture = assembly.packages.find((one) => one.name === 'libc6')?.for ?? '';
  const content = loaderCache([...base.entries, ...entries], architecture);
  return [
    ...base.untrimmed.filter(({ path }) => path === 'usr/sbin/ldconfig'),
    { type: 'file', path: 'etc/ld.so.cache', mode: 0o644, uid: 0, gid: 0, content },
  ];
}

interface Unpacked {
  /** The packages' files as they go into the layer. */
  readonly entries: readonly LayerEntry[];
  /** Before trimming. */
  readonly untrimmed: readonly LayerEntry[];
  /** Of those that have one: what would run after unpacking. */
  readonly scripts: readonly string[];
}

async function unpacked(name: LayerName, assembly: Assembly, job: DebianJob): Promise<Unpacked> {
  const all = packagesOf(name, assembly);
  const isOnDemand = (one: LockedPackage): boolean => onDemand.has(one.name);
  const first = await unpackAll(
    all.filter((one) => !isOnDemand(one)),
    name,
    assembly,
    job,
  );
  const linked = new Set(
    all.some(isOnDemand)
      ? first.entries.flatMap((entry) =>
          entry.type === 'file' && entry.content instanceof Uint8Array ? neededLibraries(entry.content) : [],
        )
      : [],
  );
  const wanted = all.filter((one) => {
    const library = onDemand.get(one.name);
    return library !== undefined && (linked.has(library) || (assembly.needed?.has(library) ?? true));
  });
  if (wanted.length === 0) return first;
  const more = await unpackAll(wanted, name, assembly, job);
  return {
    entries: [...first.entries, ...more.entries],
    untrimmed: [...first.untrimmed, ...more.untrimmed],
    scripts: [...first.scripts, ...more.scripts],
  };
}

async function unpackAll(packages: readonly LockedPackage[], name: LayerName, assembly: Assembly, job: DebianJob): Promise<Unpacked> {
  await fetchPackages(packages, job);
  const progress = job.progress ?? silent;
  const task = `unpack ${name}`;
  const entries: LayerEntry[] = [];
  const untrimmed: LayerEntry[] = [];
  const scripts: string[] = [];
  for (const [index, one] of packages.entries()) {
    progress({ task, detail: one.name, current: index, total: packages.length, unit: 'packages' });
    job.signal?.throwIfAborted();
    const deb = await debOf(job.store, one);
    const all = deb.entries.flatMap(mergeUsr).map(withoutSetId);
    const kept = trimmed(one.name, all, assembly.needed);
    untrimmed.push(...all);
    if (deb.postinst !== undefined) scripts.push(deb.postinst);
    entries.push(...kept, ...statusEntries(one.name, deb.control, kept));
  }
  progress({ task, done: true });
  return { entries, untrimmed, scripts };
}

/** Packages taken apart in this process: layers and the host's interpreter are made from the same ones, and xz is slow. */
const opened = new WeakMap<Store, Map<string, Promise<Deb>>>();

function debOf(store: Store, one: LockedPackage): Promise<Deb> {
  const known = opened.get(store) ?? new Map<string, Promise<Deb>>();
  opened.set(store, known);
  const deb = known.get(one.sha256) ?? store.read(`sha256:${one.sha256}`).then((bytes) => readDeb(bytes, `${one.name} ${one.version}`));
  known.set(one.sha256, deb);
  deb.catch(() => known.delete(one.sha256));
  return deb;
}

/** No file in an image runs as its owner. The sticky bit of /tmp stays. */
const withoutSetId = (entry: LayerEntry): LayerEntry => ({ ...entry, mode: entry.mode & 0o1777 });

/** Without what the rules take, and without folders that only held such. */
export function trimmed(packageName: string, entries: readonly LayerEntry[], needed?: ReadonlySet<string>): LayerEntry[] {
  const taken = (path: string): boolean => ruleFor(packageName, path, needed) !== undefined;
  const kept: LayerEntry[] = [];
  const removed: LayerEntry[] = [];
  for (const entry of entries) if (entry.type !== 'directory') (taken(entry.path) ? removed : kept).push(entry);
  const full = parentsOf(kept);
  const emptied = parentsOf(removed);
  const folders = entries.filter(
    ({ type, path }) => type === 'directory' && (full.has(path) || !(emptied.has(path) || taken(path) || taken(`${path}/`))),
  );
  return [...folders, ...kept];
}

function parentsOf(entries: readonly LayerEntry[]): Set<string> {
  const parents = new Set<string>();
  for (const { path } of entries)
    for (let slash = path.lastIndexOf('/'); slash > 0 && !parents.has(path.slice(0, slash)); slash = path.lastIndexOf('/', slash - 1))
      parents.add(path.slice(0, slash));
  return parents;
}

/** One entry for each path. Folders may come from several packages; of anything else, what came last stands. */
function unique(entries: readonly LayerEntry[]): LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  for (const entry of entries) {
    const before = byPath.get(entry.path);
    if (before?.type === 'directory' && entry.type === 'directory' && entry.mode === 0o755) continue; // the first said more
    byPath.set(entry.path, entry);
  }
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
