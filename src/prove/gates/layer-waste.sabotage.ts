import { file } from '../python-image.test-support.ts';
import type { Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a step unpacks an archive over what it has unpacked before',
    service: 'python-tcp',
    layer: [file('srv/data/model.bin', Buffer.alloc(14_000_000, 'a')), file('srv/data/model.bin', 'version 2\n')],
  },
  {
    name: 'a file is stored again for another owner, some kilobytes above the limit',
    service: 'python-tcp',
    layer: [
      file('srv/data/words.txt', Buffer.alloc(10_050_000, 'word\n')),
      file('srv/data/words.txt', Buffer.alloc(10_050_000, 'word\n'), 0o644, 10_001, 10_001),
    ],
  },
];
