import { file } from '../python-image.test-support.ts';
import { addFiles, type Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  { name: 'the lock is kept out of the repository', service: 'python-tcp', edit: addFiles({ '.gitignore': '__pycache__/\n*.lock\n' }) },
  {
    name: 'a step installs one package that the lock does not know',
    service: 'python-tcp',
    layer: [
      file('var/lib/dpkg/status.d/tree', 'Package: tree\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.1.0-1\n'),
      file('usr/share/doc/tree/copyright', 'License: GPL-2+\n'),
    ],
  },
];
