import { readElf, type ElfFile, type ImageTree } from '../../image/index.ts';

/** A library that the dynamic loader would not find, or would refuse. */
export interface Unmet {
  /** Path of the file that asks for it. */
  readonly by: string;
  readonly library: string;
  readonly why: string;
}

export interface Libraries {
  /** What the loader would miss on loading the file at `path` and all that it needs. Each problem is told once. */
  load(path: string): Promise<readonly Unmet[]>;
  /** The real path of a library that a program opens by its soname (dlopen(3)); undefined when the loader finds none. */
  opened(soname: string): Promise<string | undefined>;
}

/** GNU triplets of Debian's library folders: Debian Policy 9.1.1. */
const TRIPLETS: Readonly<Record<string, string>> = {
  amd64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
  ppc64le: 'powerpc64le-linux-gnu',
  s390x: 's390x-linux-gnu',
  riscv64: 'riscv64-linux-gnu',
  '386': 'i386-linux-gnu',
};

interface Loaded {
  readonly path: string;
  readonly elf: ElfFile;
}

/**
 * Follows the dynamic loader (ld.so(8)): DT_RPATH of the file and of who loaded it, LD_LIBRARY_PATH, DT_RUNPATH, the
 * folders of ld.so.conf, then the defaults. A library that was loaded before under the same name is taken. Demanded
 * symbol versions are compared with those that the library defines.
 */
export function librariesOf(tree: ImageTree, architecture: string, environment: Readonly<Record<string, string>>): Libraries {
  const byName = new Map<string, Loaded>();
  const visited = new Set<string>();
  let configured: Promise<readonly string[]> | undefined;
  const elfAt = async (path: string): Promise<ElfFile | undefined> => readElf(await tree.read(path));

  const find = async (name: string, asker: Loaded, chain: readonly Loaded[]): Promise<Loaded | string> => {
    const known = byName.get(name);
    if (known) return known;
    let wrong: string | undefined;
    const candidates = name.includes('/') ? [name] : (await folders(asker, chain)).map((folder) => `${folder}/${name}`);
    for (const candidate of candidates) {
      const path = tree.resolve(candidate);
      const record = path === undefined ? undefined : tree.entries.get(path)?.record;
      if (path === undefined || (record?.type !== 'file' && record?.type !== 'hardlink')) continue;
      const elf = await elfAt(path);
      if (elf?.architecture === architecture) return { path, elf };
      wrong = `\`/${path}\` is ${elf ? `for ${elf.architecture ?? 'another machine'}` : 'no ELF file'}, the image for ${architecture}`;
    }
    return wrong ?? 'it is not in the image, or in no folder that the loader searches';
  };
  const folders = async (asker: Loaded, chain: readonly Loaded[]): Promise<readonly string[]> => [
    // DT_RPATH counts only without DT_RUNPATH, and also for what the file's own libraries need.
    ...(asker.elf.runpath.length > 0
      ? []
      : [asker, ...chain].flatMap((it) => (it.elf.runpath.length > 0 ? [] : it.elf.rpath.map((path) => expand(path, it.path))))),
    ...(environment['LD_LIBRARY_PATH'] ?? '').split(':').filter((it) => it.startsWith('/')),
    ...asker.elf.runpath.map((path) => expand(path, asker.path)),
    ...(await (configured ??= configuredFolders(tree))),
    ...defaults(),
  ];
  const defaults = (): string[] => {
    const triplet = TRIPLETS[architecture];
    return [...(triplet === undefined ? [] : [`lib/${triplet}`, `usr/lib/${triplet}`]), 'lib64', 'usr/lib64', 'lib', 'usr/lib'];
  };
  const expand = (path: string, of: string): string =>
    path
      .replaceAll(/\$(ORIGIN|\{ORIGIN\})/g, `/${of.slice(0, of.lastIndexOf('/'))}`)
      .replaceAll(/\$(LIB|\{LIB\})/g, `lib/${TRIPLETS[architecture] ?? ''}`);

  const visit = async (file: Loaded, chain: readonly Loaded[], unmet: Unmet[]): Promise<void> => {
    if (visited.has(file.path)) return;
    visited.add(file.path);
    if (file.elf.soname !== undefined) byName.set(file.elf.soname, file);
    for (const name of file.elf.needed) {
      const found = await find(name, file, chain);
      if (typeof found === 'string') {
        unmet.push({ by: file.path, library: name, why: found });
        continue;
      }
      byName.set(name, found);
      const missing = (file.elf.demands.get(name) ?? []).filter((version) => found.elf.defines.size > 0 && !found.elf.defines.has(version));
      if (missing.length > 0)
        unmet.push({
          by: file.path,
          library: name,
          why: `it asks for version ${missing.join(', ')}, which \`/${found.path}\` does not have`,
        });
      await visit(found, [file, ...chain], unmet);
    }
  };
  const nobody: Loaded = {
    path: '',
    elf: { architecture, needed: [], rpath: [], runpath: [], demands: new Map(), defines: new Set() },
  };
  return {
    async opened(soname) {
      const found = await find(soname, nobody, []);
      return typeof found === 'string' ? undefined : found.path;
    },
    async load(path) {
      const unmet: Unmet[] = [];
      const elf = await elfAt(path);
      if (!elf) return unmet; // no ELF file, or 32 bits: nothing is claimed of it
      if (elf.architecture !== architecture)
        return [
          {
            by: path,
            library: path.slice(path.lastIndexOf('/') + 1),
            why: `it is for ${elf.architecture ?? 'another machine'}, the image for ${architecture}`,
          },
        ];
      await visit({ path, elf }, [], unmet);
      return unmet;
    },
  };
}

/** The folders of /etc/ld.so.conf and what it includes: ldconfig(8) would put their libraries into its cache. */
async function configuredFolders(tree: ImageTree): Promise<readonly string[]> {
  const found: string[] = [];
  const files = ['etc/ld.so.conf', ...[...tree.entries.keys()].filter((path) => /^etc\/ld\.so\.conf\.d\/[^/]+\.conf$/.test(path))];
  for (const file of files) {
    if (tree.resolve(file) === undefined) continue;
    const text = Buffer.from(await tree.read(file)).toString('utf8');
    found.push(
      ...text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.startsWith('/')),
    );
  }
  return found;
}
