import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { errorCode, UserError } from '../../base/index.ts';
import { decodeText } from '../../dockerfile/index.ts';
import { imagesIn, isYaml, type TakenImages } from '../../pin/index.ts';
import { isDockerfileName, search } from '../lint-files.ts';

/** A file that names images. */
export interface ImageFile extends TakenImages {
  readonly path: string;
  readonly text: string;
}

export interface Found {
  readonly files: readonly ImageFile[];
  readonly notes: readonly string[];
}

export const isFolder = async (path: string): Promise<boolean> => {
  const status = await stat(path).catch((error: unknown) => {
    throw new UserError(
      `\`${path}\` cannot be read: ${errorCode(error) ?? 'unknown'}`,
      'name a folder, a Dockerfile, a compose file or a manifest',
    );
  });
  return status.isDirectory();
};

/** A file that somebody named. Throws UserError, with the place, for one that cannot be read or is of another kind. */
export async function namedFile(path: string): Promise<ImageFile> {
  const text = await textOf(path);
  const found = imagesIn(path, text);
  if (found === undefined)
    throw new UserError(
      `\`${path}\` is neither a compose file nor a manifest of Kubernetes`,
      'name a Dockerfile, a compose file or a manifest',
    );
  if ('problem' in found) throw new UserError(found.problem, found.hint, { file: path, ...found.at });
  return { path, text, ...found };
}

/** Those below a folder that name images. What cannot be read there is a note: nobody asked for that file. */
export async function filesBelow(folder: string): Promise<Found> {
  const files: ImageFile[] = [];
  const notes: string[] = [];
  for (const path of await search(folder, (name) => isYaml(name) || isDockerfileName(name))) {
    const text = await textOf(path);
    // Most YAML is of other kinds: it need not be read to see that.
    if (isYaml(path) && !/\b(?:image|reference)["']?\s*:/.test(text)) continue;
    const found = imagesIn(basename(path), text);
    if (found === undefined) continue;
    if (!('problem' in found)) files.push({ path, text, ...found });
    else notes.push(`${path}:${found.at.line}:${found.at.column}: not read: ${found.problem}`);
  }
  return { files, notes };
}

async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UserError(`\`${path}\` cannot be read: ${errorCode(error) ?? 'unknown'}`, 'look at its name and its permissions');
  });
  return decodeText(bytes);
}
