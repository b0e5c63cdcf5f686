import { file } from '../python-image.test-support.ts';
import type { Sabotage } from '../sabotage.test-support.ts';

const SCRIPT = '#!/usr/bin/python3\nprint("mounted")\n';
/** `cap_net_raw=ep`, version 2: linux/capability.h, `vfs_cap_data`. */
const NET_RAW = Buffer.from([0x01, 0x00, 0x00, 0x02, 0x00, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

export const sabotages: readonly Sabotage[] = [
  { name: 'a program is setuid root', service: 'python-tcp', layer: [file('usr/bin/mount-data', SCRIPT, 0o4755)] },
  { name: 'a program is setgid', service: 'python-tcp', layer: [file('usr/local/bin/unread-mail', SCRIPT, 0o2755, 0, 8)] },
  {
    name: 'a program has a file capability',
    service: 'python-tcp',
    layer: [{ ...file('usr/bin/reach', SCRIPT, 0o755), xattrs: new Map([['security.capability', NET_RAW]]) }],
  },
];
