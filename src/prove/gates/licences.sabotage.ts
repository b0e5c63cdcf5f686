import { file, link } from '../python-image.test-support.ts';
import type { Sabotage } from '../sabotage.test-support.ts';

const INFO = 'usr/local/lib/python3.11/dist-packages/cut-1.0.dist-info';

export const sabotages: readonly Sabotage[] = [
  { name: 'a step deletes the documentation of packages', service: 'python-tcp', layer: [file('usr/share/.wh.doc', '')] },
  {
    name: 'the copyright of one package is a link to what is gone',
    service: 'python-tcp',
    layer: [link('usr/share/doc/libc6/copyright', '../libc6-common/copyright')],
  },
  {
    name: 'a wheel has lost its licence',
    service: 'python-tcp',
    layer: [
      file(`${INFO}/METADATA`, 'Metadata-Version: 2.4\nName: cut\nVersion: 1.0\nLicense-Expression: MIT\nLicense-File: LICENSE\n'),
      file(
        `${INFO}/RECORD`,
        'cut-1.0.dist-info/METADATA,,\ncut-1.0.dist-info/licenses/LICENSE,sha256=x,1067\ncut-1.0.dist-info/RECORD,,\n',
      ),
    ],
    // The lock does not know it.
    alsoFails: ['pinned'],
  },
];
