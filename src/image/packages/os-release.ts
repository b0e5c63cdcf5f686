import { onceFor, UserError } from '../../base/index.ts';
import type { ImageTree } from '../layer/flatten.ts';

/** What an image calls its distribution: os-release(5). */
export interface OsRelease {
  /** `debian`, `alpine`, `amzn`. */
  readonly id: string;
  /** `12`, `3.20.3`; rolling ones have none. */
  readonly version?: string;
  /** `bookworm`. */
  readonly codename?: string;
}

/** Undefined where the tree was read without keeping that file's content. */
export const readIn = (tree: ImageTree, path: string): Promise<Uint8Array | undefined> =>
  tree.read(path).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });

/** Where it stands, the first that is there counts: os-release(5). */
export const OS_RELEASES: readonly string[] = ['etc/os-release', 'usr/lib/os-release'];

/** The distribution of an image; undefined where nothing says it. */
export const osReleaseOf: (tree: ImageTree) => Promise<OsRelease | undefined> = onceFor(async (tree: ImageTree) => {
  const path = OS_RELEASES.find((name) => tree.entries.get(tree.resolve(name) ?? '')?.content !== undefined);
  const bytes = path === undefined ? undefined : await readIn(tree, path);
  return bytes && parseOsRelease(Buffer.from(bytes).toString('utf8'));
});

/** Undefined without an ID: the default, `linux`, says nothing. */
export function parseOsRelease(text: string): OsRelease | undefined {
  const value = (name: string): string | undefined => new RegExp(`^${name}=(["']?)([^"'\n]+)\\1\\s*$`, 'm').exec(text)?.[2];
  const [id, version, codename] = [value('ID'), value('VERSION_ID'), value('VERSION_CODENAME')];
  if (id === undefined || !/^[a-z0-9._-]+$/.test(id)) return undefined;
  return { id, ...(version === undefined ? {} : { version }), ...(codename === undefined ? {} : { codename }) };
}
