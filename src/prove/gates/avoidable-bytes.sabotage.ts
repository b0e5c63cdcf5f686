import { file, folder } from '../python-image.test-support.ts';
import type { Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  {
    name: 'the lists of apt stay behind',
    service: 'python-tcp',
    layer: [
      folder('var/lib/apt'),
      folder('var/lib/apt/lists'),
      file('var/lib/apt/lists/bookworm_main_binary-amd64_Packages', Buffer.alloc(48_000_000, 'p')),
    ],
  },
  {
    name: 'headers and a static library are there, some kilobytes more than the limit leaves',
    service: 'python-tcp',
    layer: [
      file('usr/include/all.h', Buffer.alloc(9_000_000, 'h')),
      file('usr/lib/x86_64-linux-gnu/libc.a', Buffer.alloc(11_100_000, 'a')),
    ],
  },
];
