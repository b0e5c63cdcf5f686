import { machineOf, readElf, type ImageTree } from '../../../image/index.ts';

/** The C library that an interpreter is linked to: wheels must fit it. */
export type Libc =
  /** `2.36` is `minor: 36`. */
  { readonly kind: 'glibc'; readonly minor: number } | { readonly kind: 'musl'; readonly version: string };

/**
 * Read off the files: which loader a program asks for (PT_INTERP), and which symbol versions that library defines, or what
 * it calls itself. Undefined for a program without a loader, and for another library than these two.
 */
export async function libcOf(tree: ImageTree, program: string): Promise<{ readonly libc: Libc; readonly loader: string } | undefined> {
  const asked = readElf(await tree.read(program))?.interpreter;
  const loader = asked === undefined ? undefined : tree.resolve(asked);
  if (asked === undefined || loader === undefined) return undefined;
  const libc = /\/ld-musl-[^/]*\.so\.1$/.test(asked) ? await musl(tree, loader) : await glibc(tree, loader);
  return libc && { libc, loader };
}

/** musl's loader is its C library, and says `Version 1.2.5` when it is run: ldso/dynlink.c, `__libc_version`. */
async function musl(tree: ImageTree, loader: string): Promise<Libc | undefined> {
  const version = /\0(1\.\d+\.\d+)(?:-git-[^\0]*)?\0/.exec(Buffer.from(await tree.read(loader)).toString('latin1'))?.[1];
  return version === undefined ? undefined : { kind: 'musl', version };
}

/** What glibc calls itself (csu/version.c) says the release; not each release has new symbols. */
async function glibc(tree: ImageTree, loader: string): Promise<Libc | undefined> {
  const folder = loader.slice(0, loader.lastIndexOf('/'));
  const path = [`${folder}/libc.so.6`, ...tree.entries.keys()].find((it) => it.endsWith('/libc.so.6') && tree.resolve(it) !== undefined);
  if (path === undefined) return undefined;
  const bytes = await tree.read(path);
  const said = /GNU C Library [^\0]*? release version 2\.(\d+)/.exec(Buffer.from(bytes).toString('latin1'))?.[1];
  const defined = [...(readElf(bytes)?.defines ?? [])].flatMap((it) => /^GLIBC_2\.(\d+)$/.exec(it)?.[1] ?? []).map(Number);
  if (said === undefined && defined.length === 0) return undefined;
  return { kind: 'glibc', minor: said === undefined ? Math.max(...defined) : Number(said) };
}

/** The manylinux tags (PEP 600) that uv knows: `uv pip install --help`, 0.13.8. */
const MANYLINUX = [17, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40];

/**
 * The platform whose wheels fit, as uv names it; undefined where none is known to. uv takes musl for 1.2 (PEP 656), which
 * is right from 1.2 on.
 */
export function wheelPlatform(libc: Libc, architecture: string): string | undefined {
  const machine = machineOf(architecture);
  if (machine === undefined) return undefined;
  if (libc.kind === 'musl') return /^1\.[01]\./.test(libc.version) ? undefined : `${machine}-unknown-linux-musl`;
  const newest = MANYLINUX.findLast((minor) => minor <= libc.minor);
  return newest === undefined ? undefined : `${machine}-manylinux_2_${newest}`;
}
