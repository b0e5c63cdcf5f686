import { expect, test } from 'vitest';
import type { LayerEntry } from '../../../image/index.ts';
import { madeForBase } from './made.ts';

/** A base without any is refused. */
const CERTIFICATE: LayerEntry = {
  type: 'file',
  path: 'usr/share/ca-certificates/mozilla/a.crt',
  mode: 0o644,
  uid: 0,
  gid: 0,
  content: Buffer.from('a certificate\n'),
};

const passwdOf = (user: Parameters<typeof madeForBase>[1]): string => {
  const file = madeForBase([CERTIFICATE], user).find(({ path }) => path === 'etc/passwd');
  return file?.type === 'file' && file.content instanceof Uint8Array ? Buffer.from(file.content).toString() : '';
};

test('passwd names the shell that plimsoll.yaml asks for, else one that lets nobody in', () => {
  const user = { uid: 1001, gid: 1001, name: 'appuser' };
  expect(passwdOf(user)).toContain('appuser:x:1001:1001:appuser:/nonexistent:/usr/sbin/nologin\n');
  expect(passwdOf({ ...user, shell: '/bin/false' })).toContain('appuser:x:1001:1001:appuser:/nonexistent:/bin/false\n');
});
