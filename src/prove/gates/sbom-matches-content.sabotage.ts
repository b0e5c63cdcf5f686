import { file } from '../python-image.test-support.ts';
import type { Sabotage } from '../sabotage.test-support.ts';

const list = { service: 'python-tcp', options: ['--sbom'] } as const;

export const sabotages: readonly Sabotage[] = [
  {
    ...list,
    name: 'a package came after the list was made',
    layer: [
      file(
        'usr/local/lib/python3.11/dist-packages/late-1.0.dist-info/METADATA',
        'Metadata-Version: 2.1\nName: late\nVersion: 1.0\nLicense: MIT\n',
      ),
    ],
    // The lock has no such distribution.
    alsoFails: ['pinned'],
  },
  {
    ...list,
    name: 'a package has another revision of the same version',
    layer: [
      file(
        'var/lib/dpkg/status.d/zlib1g',
        'Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nSource: zlib\nVersion: 1:1.2.13.dfsg-2\n',
      ),
    ],
    // Nor that revision.
    alsoFails: ['pinned'],
  },
];
