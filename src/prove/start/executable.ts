import type { ImageTree } from '../../image/index.ts';
import { closedAbove, permitted, type Ids } from '../owners.ts';

/** Where and as whom programs are looked for. */
export interface Surroundings {
  readonly tree: ImageTree;
  readonly user: Ids;
  readonly workingDir: string;
  /** The image's environment and the proof's values. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A program that can be run, at its real path without a leading `/`; or why not. */
export type Found = { readonly ok: true; readonly path: string; readonly written: string } | { readonly ok: false; readonly why: string };

/** runc and crun look here when the image sets no PATH: runtime-spec leaves it to them; Docker's default. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Absolute and plain, without a leading `/`. */
export function within(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : folder}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Finds a program as execvp(3) does. */
export function findProgram(name: string, { tree, user, workingDir, environment }: Surroundings): Found {
  if (name.includes('/')) return runnable(within(workingDir, name), name, tree, user);
  const folders = (environment['PATH'] ?? DEFAULT_PATH).split(':');
  let refused: Found | undefined;
  for (const folder of folders) {
    const path = within(workingDir, `${folder === '' ? '.' : folder}/${name}`);
    if (!isThere(tree, path)) continue;
    const found = runnable(path, name, tree, user);
    if (found.ok) return found;
    refused ??= found;
  }
  return refused ?? { ok: false, why: `\`${name}\` is in no folder of PATH (${folders.join(', ')})` };
}

const isThere = (tree: ImageTree, path: string): boolean => tree.entries.has(path) || tree.resolve(path) !== undefined;

function runnable(path: string, name: string, tree: ImageTree, user: Ids): Found {
  const real = tree.resolve(path);
  if (real === undefined) {
    const link = tree.entries.get(path)?.record;
    return {
      ok: false,
      why:
        link?.type === 'symlink'
          ? `\`/${path}\` is a link to \`${link.target}\`, which is not in the image`
          : `\`${name}\` is not in the image`,
    };
  }
  const record = tree.entries.get(real)?.record;
  if (record?.type !== 'file' && record?.type !== 'hardlink')
    return { ok: false, why: `\`/${real}\` is no file but a ${record?.type ?? 'directory'}` };
  const closed = closedAbove(tree, real, user);
  if (closed !== undefined) return { ok: false, why: `\`/${closed}\` may not be entered by user ${user.uid}` };
  if ((permitted(record, user) & 1) === 0)
    return { ok: false, why: `\`/${real}\` may not be executed by user ${user.uid} (mode ${record.mode.toString(8).padStart(4, '0')})` };
  return { ok: true, path: real, written: path };
}

/** The words of a `#!` line: interpreter and, at most, one argument (execve(2)). */
export function shebangOf(head: Uint8Array): readonly string[] | undefined {
  if (head[0] !== 0x23 || head[1] !== 0x21) return undefined;
  const line = Buffer.from(head.subarray(2, 256)).toString('latin1').split('\n', 1)[0]?.trim() ?? '';
  const [, interpreter, argument] = /^(\S+)(?:\s+(.*))?$/.exec(line) ?? [];
  return interpreter === undefined ? [] : argument === undefined || argument === '' ? [interpreter] : [interpreter, argument];
}
