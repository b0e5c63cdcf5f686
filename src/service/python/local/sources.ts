import { filesSeen, type Files } from '../../../base/index.ts';
import { openRepository } from '../../repository.ts';
import { applicationFiles } from '../files.ts';

export interface PackageFiles {
  /** Folders that the interpreter would search, as seen from the service. */
  readonly roots: readonly string[];
  /** Only of those that lie outside of the service's folder: the others are read with it. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
}

/** The sources of packages in these folders, for what the service gets from them when it runs. */
export async function packageFiles(folders: readonly string[], files: Files): Promise<PackageFiles> {
  const found = await Promise.all(folders.map((folder) => inFolder(folder, files)));
  return { roots: found.flatMap(({ roots }) => roots), texts: found.flatMap(({ texts }) => texts) };
}

async function inFolder(folder: string, files: Files): Promise<PackageFiles> {
  const inside = await filesSeen(files, folder);
  if (!inside) return { roots: [], texts: [] };
  const repository = await openRepository(inside, '');
  const paths = applicationFiles(repository);
  // packaging.python.org, "src layout vs flat layout".
  const root = paths.some((path) => path.startsWith('src/')) ? `${folder}/src` : folder;
  if (!folder.startsWith('../')) return { roots: [root], texts: [] };
  const texts = await Promise.all(
    paths.map(async (path) => {
      const text = (await repository.text(path))?.text;
      return text === undefined ? [] : [{ path: `${folder}/${path}`, text }];
    }),
  );
  return { roots: [root], texts: texts.flat() };
}
