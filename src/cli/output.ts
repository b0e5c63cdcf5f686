import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/index.ts';

/** Where an image is written, as skopeo says it; to a registry it is pushed (`push.ts`). */
export type Output = { readonly kind: 'oci' | 'oci-archive' | 'docker-archive'; readonly path: string } | { readonly kind: 'registry' };

/** Folder in the repository for what Plimsoll makes; ignored by git and by images. */
export const OUTPUT_FOLDER = '.plimsoll';

/** Parses `--output`. Throws UserError for a kind that is not written. */
export function parseOutput(text: string | undefined, root: string): Output {
  if (text === undefined) return { kind: 'oci', path: join(root, OUTPUT_FOLDER, 'image') };
  if (/^registry(:|$)/.test(text)) return { kind: 'registry' };
  const [, kind, path] = /^([a-z-]+):(.+)$/.exec(text) ?? [];
  if ((kind === 'oci' || kind === 'oci-archive' || kind === 'docker-archive') && path !== undefined) return { kind, path };
  throw new UserError(
    `\`--output ${text}\` is not understood`,
    'write `oci:DIR`, `oci-archive:FILE`, `docker-archive:FILE` or `registry:NAME`',
  );
}

/** Makes the output folder, with a .gitignore in it that hides it from git. */
export async function prepareOutputFolder(root: string): Promise<void> {
  const folder = join(root, OUTPUT_FOLDER);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {});
}
