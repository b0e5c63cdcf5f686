import { metadataFields, packagesOf, type ImageTree, type Package } from '../../image/index.ts';
import type { Licensed } from './types.ts';

/** What a licence's text is called, wherever it lies in a wheel: PEP 639, "Add License-File field"; setuptools, `license_files`. */
const TEXT = /(?:^|\/)(?:licen[cs]es?|copying|notice)(?:[._-][^/]*)?$/i;
const CODE = /\.(?:py[ci]?|so|js|css|html?|h|pxd)$/i;

/**
 * The Python distributions of an image. What a wheel brought of texts stands in its RECORD (binary distribution format,
 * "RECORD"); where there is none, in the fields License-File.
 */
export async function pythonLicences(tree: ImageTree): Promise<readonly Licensed[]> {
  const { packages } = await packagesOf(tree);
  const wheels = packages.filter((it) => it.ecosystem === 'python' && it.path.endsWith('.dist-info/METADATA') && !isOfTheSystem(it));
  return Promise.all(
    wheels.map(async (it) => ({
      name: `${it.name} ${it.version}`,
      texts: it.files.length > 0 ? recorded(it) : await declared(tree, it),
      named: it.licence !== undefined,
    })),
  );
}

/** What Debian and Fedora package themselves has its texts where their packages have them: Debian Python Policy 4.1; PEP 376, "INSTALLER". */
const isOfTheSystem = ({ path, installer }: Package): boolean =>
  path.startsWith('usr/lib/python3/dist-packages/') || installer === 'debian' || installer === 'rpm';

const folderOf = ({ path }: Package): string => path.slice(0, -'/METADATA'.length);

/** Texts among the files that its RECORD lists. */
function recorded(it: Package): readonly string[] {
  const folder = folderOf(it);
  const site = folder.slice(0, folder.lastIndexOf('/') + 1);
  return it.files.filter((path) => {
    if (!path.startsWith(site)) return false;
    const name = path.slice(site.length);
    return (TEXT.test(name) && !CODE.test(name)) || path.startsWith(`${folder}/licenses/`);
  });
}

async function declared(tree: ImageTree, it: Package): Promise<readonly string[]> {
  const fields = metadataFields(Buffer.from(await tree.read(it.path)).toString('utf8'));
  return fields.flatMap(([key, value]) => (key === 'license-file' && value !== '' ? [placeOf(tree, folderOf(it), value)] : []));
}

/** Since PEP 639 in `licenses/`; setuptools before it put them beside METADATA, without their folders. */
function placeOf(tree: ImageTree, folder: string, name: string): string {
  const places = [`${folder}/licenses/${name}`, `${folder}/${name}`, `${folder}/${name.slice(name.lastIndexOf('/') + 1)}`];
  return places.find((path) => tree.resolve(path) !== undefined) ?? `${folder}/licenses/${name}`;
}
