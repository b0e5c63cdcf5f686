import { EnvironmentError } from '../../../base/index.ts';
import type { LayerEntry } from '../../../image/index.ts';
import type { Below } from '../below.ts';
import { usrLinks } from './merge-usr.ts';

/** Who runs the service. */
export interface ImageUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly shell?: string;
}

const owner = { uid: 0, gid: 0 } as const;
const text = (path: string, content: string): LayerEntry => ({ type: 'file', path, mode: 0o644, ...owner, content: Buffer.from(content) });
const link = (path: string, target: string): LayerEntry => ({ type: 'symlink', path, target, mode: 0o777, ...owner });
const folder = (path: string, mode = 0o755): LayerEntry => ({ type: 'directory', path, mode, ...owner });

/** What the maintainer scripts of the base's packages would have made. `unpacked`: the packages' files before trimming. */
export function madeForBase(unpacked: readonly LayerEntry[], user: ImageUser): LayerEntry[] {
  return [
    ...usrLinks(unpacked),
    ...accounts(user),
    // libc-bin's own default, without the databases that need services.
    text(
      'etc/nsswitch.conf',
      [
        'passwd: files',
        'group: files',
        'shadow: files',
        'hosts: files dns',
        'networks: files',
        'protocols: files',
        'services: files',
        'ethers: files',
        'rpc: files',
        '',
      ].join('\n'),
    ),
    text('etc/timezone', 'Etc/UTC\n'),
    link('etc/localtime', '/usr/share/zoneinfo/Etc/UTC'),
    text('etc/ssl/certs/ca-certificates.crt', certificateBundle(unpacked)),
    // Where OpenSSL of Debian looks (OPENSSLDIR); with `cert.pem` a default context has the authorities at once.
    link('usr/lib/ssl/certs', '/etc/ssl/certs'),
    link('usr/lib/ssl/cert.pem', '/etc/ssl/certs/ca-certificates.crt'),
    link('var/run', '/run'),
    folder('tmp', 0o1777),
    folder('var/tmp', 0o1777),
  ];
}

/** What of these, and of base-files, the layers above must not change. */
export const BELOW: Below = {
  links: { ...Object.fromEntries(['bin', 'sbin', 'lib', 'lib64'].map((name) => [name, `usr/${name}`])), 'var/run': 'run' },
  folders: { tmp: { mode: 0o1777, ...owner }, 'var/tmp': { mode: 0o1777, ...owner }, root: { mode: 0o700, ...owner } },
};

/** What the maintainer scripts around the interpreter would have made, and the names that people type. */
export function madeForInterpreter(python: string): LayerEntry[] {
  return [
    link('usr/bin/python3', `python${python}`),
    link('usr/bin/python', 'python3'),
    // On sys.path of Debian's Python as soon as it is there.
    folder(`usr/local/lib/python${python}/dist-packages`),
  ];
}

/** root, nobody (Debian's ids, base-passwd) and the service's user. There is no shell: nobody can log in. */
function accounts(user: ImageUser): LayerEntry[] {
  const known = new Set([0, 65534]);
  const passwd = ['root:x:0:0:root:/root:/usr/sbin/nologin', 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin'];
  const group = ['root:x:0:', 'nogroup:x:65534:'];
  const shell = user.shell ?? '/usr/sbin/nologin';
  if (!known.has(user.uid)) passwd.push(`${user.name}:x:${user.uid}:${user.gid}:${user.name}:/nonexistent:${shell}`);
  if (!known.has(user.gid)) group.push(`${user.name}:x:${user.gid}:`);
  return [text('etc/passwd', `${passwd.join('\n')}\n`), text('etc/group', `${group.join('\n')}\n`)];
}

/** All certificates of ca-certificates in one file, as update-ca-certificates(8) makes it when none is deselected. */
function certificateBundle(unpacked: readonly LayerEntry[]): string {
  const certificates = unpacked
    .filter((entry) => /^usr\/share\/ca-certificates\/.*\.crt$/.test(entry.path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((entry) =>
      entry.type === 'file' && entry.content instanceof Uint8Array ? Buffer.from(entry.content).toString('latin1').trimEnd() : '',
    );
  if (certificates.length === 0) throw new EnvironmentError('the package ca-certificates holds no certificates', 'use another mirror');
  return `${certificates.join('\n')}\n`;
}
