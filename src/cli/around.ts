import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../base/index.ts';

/**
 * The folder that a service may take packages from beside its own: what plimsoll.yaml names as `context`, else the git
 * repository or the uv workspace that it lies in. Undefined: there is none, or it is the service's folder.
 */
export async function aroundOf(root: string, context: string | undefined): Promise<string | undefined> {
  if (context !== undefined) {
    const named = resolve(root, context);
    if (await isThere(named)) return named;
    throw new UserError(`\`context: ${context}\` leads nowhere`, 'name a folder above this one: `../..`', { file: 'plimsoll.yaml' });
  }
  for (const folder of above(root)) if (await isThere(join(folder, '.git'))) return folder === root ? undefined : folder;
  for (const folder of above(root).slice(1)) if (await isWorkspace(folder)) return folder;
  return undefined;
}

/** A folder and those above it, nearest first. */
function above(folder: string): string[] {
  const up = dirname(folder);
  return up === folder ? [folder] : [folder, ...above(up)];
}

/** uv's manual, “Using workspaces”: the root's manifest names the members. */
async function isWorkspace(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'pyproject.toml'), 'utf8').catch(() => '');
  return /^\s*\[tool\.uv\.workspace\]/m.test(text);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
