import type { ImageTree, Package } from '../image/index.ts';
import { parseParagraphs } from '../image/index.ts';
import { isLicenceExpression } from './licence-expression.ts';
import type { Licence } from './types.ts';

/** Reads what somebody wrote of a licence. */
export type ReadLicence = (said: string) => Licence;

/** Whether `licencesOf` may read the text of a path. */
export const isForLicences = (path: string): boolean => /^usr\/share\/doc\/[^/]+\/copyright$/.test(path);

/** What a package's record says of its licence; of Debian's, what its copyright file says. Empty: nobody says it. */
export async function licencesOf(tree: ImageTree, { ecosystem, name, licence }: Package, read: ReadLicence): Promise<readonly Licence[]> {
  if (ecosystem !== 'debian') return licence === undefined ? [] : [read(licence)];
  const path = tree.resolve(`usr/share/doc/${name}/copyright`);
  if (path === undefined || tree.entries.get(path)?.content === undefined) return [];
  return debianLicences(Buffer.from(await tree.read(path)).toString('utf8')).map(read);
}

/**
 * The short names in a machine-readable copyright file, each once, in their order; none of another file.
 * Source: Debian, "Machine-readable debian/copyright file", 1.0.
 */
export function debianLicences(text: string): readonly string[] {
  const [head, ...rest] = parseParagraphs(text);
  if (!head?.get('format')?.includes('copyright-format')) return [];
  const named = [head, ...rest].flatMap(
    (fields) =>
      fields
        .get('license')
        ?.split('\n', 1)[0]
        ?.split(/,?\s+(?:and|or)\s+|,\s*/) ?? [],
  );
  return [...new Set(named.map((it) => it.trim()).filter((it) => it !== ''))];
}

/** An expression where the words are one or stand for one without doubt; else the words. `ids`: SPDX' list. */
export function licenceReader(ids: ReadonlySet<string>): ReadLicence {
  const byName = new Map([...[...ids].map((id) => [plain(id), id] as const), ...BY_NAME]);
  return (said) => {
    const text = said.trim();
    const id = byName.get(plain(text));
    if (id !== undefined) return { kind: 'expression', expression: id };
    return isLicenceExpression(text, ids) ? { kind: 'expression', expression: text } : { kind: 'text', text };
  };
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_]+/g, ' ');

/**
 * Names that mean one identifier: the classifiers of Python that name a version, and Debian's short names. `BSD`, or
 * `Apache Software License` without a version, mean several and stay words.
 */
const BY_NAME: ReadonlyMap<string, string> = new Map([
  ...Object.entries({
    'apache 2.0': 'Apache-2.0',
    'apache 2': 'Apache-2.0',
    'apache license 2.0': 'Apache-2.0',
    'apache license, version 2.0': 'Apache-2.0',
    'apache license version 2.0': 'Apache-2.0',
    'apache-2': 'Apache-2.0',
    '3-clause bsd license': 'BSD-3-Clause',
    'bsd 3-clause': 'BSD-3-Clause',
    'bsd 3-clause license': 'BSD-3-Clause',
    'bsd-3-clause license': 'BSD-3-Clause',
    '2-clause bsd license': 'BSD-2-Clause',
    'bsd 2-clause license': 'BSD-2-Clause',
    'bsd-2-clause license': 'BSD-2-Clause',
    expat: 'MIT',
    'mit license': 'MIT',
    'the mit license': 'MIT',
    'the mit license (mit)': 'MIT',
    'isc license (iscl)': 'ISC',
    'isc license': 'ISC',
    'mozilla public license 2.0 (mpl 2.0)': 'MPL-2.0',
    'the unlicense (unlicense)': 'Unlicense',
    'psf-2.0': 'PSF-2.0',
    'gnu general public license v2 (gplv2)': 'GPL-2.0-only',
    'gnu general public license v2 or later (gplv2+)': 'GPL-2.0-or-later',
    'gnu general public license v3 (gplv3)': 'GPL-3.0-only',
    'gnu general public license v3 or later (gplv3+)': 'GPL-3.0-or-later',
    'gnu lesser general public license v2 or later (lgplv2+)': 'LGPL-2.0-or-later',
    'gnu lesser general public license v3 (lgplv3)': 'LGPL-3.0-only',
    'gnu lesser general public license v3 or later (lgplv3+)': 'LGPL-3.0-or-later',
    'gnu affero general public license v3': 'AGPL-3.0-only',
    'gnu affero general public license v3 or later (agplv3+)': 'AGPL-3.0-or-later',
  }),
  ...['GPL-1', 'GPL-2', 'GPL-3', 'LGPL-2', 'LGPL-2.1', 'LGPL-3', 'AGPL-3', 'GFDL-1.2', 'GFDL-1.3'].flatMap((name) => {
    const full = /\.\d$/.test(name) ? name : `${name}.0`;
    return [
      [plain(name), `${full}-only`],
      [plain(`${name}+`), `${full}-or-later`],
      [plain(`${full}+`), `${full}-or-later`],
    ] as const;
  }),
]);
