import { file, folder, link } from '../python-image.test-support.ts';
import { addFiles, type Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a package brings a shell under another name',
    service: 'python-tcp',
    edit: addFiles({ 'plimsoll.yaml': 'packages:\n  - busybox-static\n' }),
  },
  {
    name: 'pip is among the libraries',
    service: 'python-tcp',
    layer: [
      folder('opt/venv/lib/python3.11/site-packages'),
      file('opt/venv/lib/python3.11/site-packages/pip/__init__.py', '__version__ = "25.0"\n'),
    ],
  },
  {
    name: 'the package manager is there, by a link',
    service: 'python-tcp',
    layer: [file('opt/manager/real-apk', '#!/usr/bin/python3\n', 0o755), link('usr/sbin/apk', '/opt/manager/real-apk')],
  },
];
