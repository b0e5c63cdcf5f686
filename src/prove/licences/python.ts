import type { ImageTree } from '../../image/index.ts';
import { metadataFields } from '../python/metadata.ts';
import type { Licensed } from './types.ts';

/** What a licence's text is called, wherever it lies in a wheel: PEP 639, "Add License-File field"; setuptools, `license_files`. */
const TEXT = /(?:^|\/)(?:licen[cs]es?|copying|notice)(?:[._-][^/]*)?$/i;
const CODE = /\.(?:py[ci]?|so|js|css|html?|h|pxd)$/i;

/**
 * The Python distributions of an image. What a wheel brought of texts stands in its RECORD (binary distribution format,
 * "RECORD"); where there is none, in the fields License-File.
 */
export async function pythonLicences(tree: ImageTree): Promise<readonly Licensed[]> {
  const found: Licensed[] = [];
  for (const [path, { record }] of tree.entries) {
    if (!/\/(?:site|dist)-packages\/[^/]+\.dist-info\/METADATA$/.test(path) || record.type === 'directory') continue;
    const folder = path.slice(0, -'/METADATA'.length);
    if (!(await isOfTheSystem(tree, folder))) found.push(await read(tree, folder));
  }
  return found;
}

/** What Debian and Fedora package themselves has its texts where their packages have them: Debian Python Policy 4.1; PEP 376, "INSTALLER". */
async function isOfTheSystem(tree: ImageTree, folder: string): Promise<boolean> {
  if (folder.startsWith('usr/lib/python3/dist-packages/')) return true;
  const installer = `${folder}/INSTALLER`;
  return tree.resolve(installer) !== undefined && /^(?:debian|rpm)\s*$/.test(await textOf(tree, installer));
}

async function read(tree: ImageTree, folder: string): Promise<Licensed> {
  const fields = metadataFields(await textOf(tree, `${folder}/METADATA`));
  const values = (name: string): string[] => fields.filter(([key]) => key === name).map(([, value]) => value);
  const brought = (await recorded(tree, folder)) ?? values('license-file').map((name) => placeOf(tree, folder, name));
  const classifiers = values('classifier').filter((it) => /^License :: (?!OSI Approved$)/.test(it));
  const said = [...values('license-expression'), ...values('license'), ...classifiers];
  return {
    name: `${values('name')[0] ?? folder} ${values('version')[0] ?? ''}`.trim(),
    texts: brought,
    named: said.some((it) => it !== '' && it !== 'UNKNOWN'),
  };
}

/** Texts that the RECORD beside it lists; undefined without one. */
async function recorded(tree: ImageTree, folder: string): Promise<readonly string[] | undefined> {
  if (tree.resolve(`${folder}/RECORD`) === undefined) return undefined;
  const site = folder.slice(0, folder.lastIndexOf('/'));
  const info = folder.slice(site.length + 1);
  return (await textOf(tree, `${folder}/RECORD`)).split(/\r?\n/).flatMap((line) => {
    const path = /^(?:"((?:[^"]|"")*)"|([^,]*)),[^,]*,\d*$/.exec(line)?.slice(1).find(Boolean)?.replaceAll('""', '"') ?? '';
    const isText = (TEXT.test(path) && !CODE.test(path)) || path.startsWith(`${info}/licenses/`);
    return isText && !path.includes('..') && !path.startsWith('/') ? [`${site}/${path}`] : [];
  });
}

/** Since PEP 639 in `licenses/`; setuptools before it put them beside METADATA, without their folders. */
function placeOf(tree: ImageTree, folder: string, name: string): string {
  const places = [`${folder}/licenses/${name}`, `${folder}/${name}`, `${folder}/${name.slice(name.lastIndexOf('/') + 1)}`];
  return places.find((path) => tree.resolve(path) !== undefined) ?? `${folder}/licenses/${name}`;
}

const textOf = async (tree: ImageTree, path: string): Promise<string> => Buffer.from(await tree.read(path)).toString('utf8');
