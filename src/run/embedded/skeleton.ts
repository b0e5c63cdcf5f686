import { lchownSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { IDLE_PATH, requiredIdleProgram } from '../idle.ts';
import { DEVICES, fstab, type Mount, type Places } from './mounts.ts';
import { quote } from './shell.ts';

/** What Docker links in /dev: runc, `setupDevSymlinks`. */
const LINKS = { fd: '/proc/self/fd', stdin: '/proc/self/fd/0', stdout: '/proc/self/fd/1', stderr: '/proc/self/fd/2', ptmx: 'pts/ptmx' };

interface Named {
  readonly hostname: string;
  /** Of the loopback, beside its own. */
  readonly hosts: readonly string[];
  readonly owner: Owner | undefined;
  /** Whether nothing of the image is to be started. */
  readonly isIdle: boolean;
}

/**
 * Fills the empty tmpfs with folders, what /dev holds, and the files of /etc that are ours. `view` leads from this
 * process to the tool shell's root: writing from here spares some twenty processes of some milliseconds each.
 */
export function writeSkeleton(view: string, places: Places, { hostname, hosts, owner, isIdle }: Named): void {
  const at = (path: string): string => join(view, path);
  for (const path of [places.merged, places.root, places.upper, places.work, places.image, places.sys, places.dev, places.etc])
    mkdirSync(at(path));
  for (const name of ['pts', 'mqueue', 'shm']) mkdirSync(join(at(places.dev), name));
  for (const name of DEVICES) writeFileSync(join(at(places.dev), name), '');
  for (const [name, target] of Object.entries(LINKS)) symlinkSync(target, join(at(places.dev), name));
  for (const [name, text] of Object.entries(etcFiles(hostname, hosts))) writeFileSync(join(at(places.etc), name), text, { mode: 0o644 });
  if (isIdle) writeFileSync(join(at(places.dev), basename(IDLE_PATH)), requiredIdleProgram(), { mode: 0o755 });
  if (owner) for (const path of [places.upper, places.work, places.dev, places.etc]) give(at(path), owner);
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

function give(path: string, { uid, gid }: Owner): void {
  lchownSync(path, uid, gid);
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) give(join(path, name), { uid, gid });
}

export const writeFstab = (view: string, places: Places, mounts: readonly Mount[]): void =>
  writeFileSync(join(view, places.fstab), fstab(mounts));

/** Files of /etc that every container gets. */
export const ETC_FILES = ['hosts', 'hostname', 'resolv.conf'] as const;

const etcFiles = (hostname: string, hosts: readonly string[]): Record<(typeof ETC_FILES)[number], string> => ({
  hosts: `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${[hostname, ...hosts].map((name) => `127.0.0.1\t${name}\n`).join('')}`,
  hostname: `${hostname}\n`,
  'resolv.conf': '# No network but the loopback: no name server.\n',
});

/**
 * A shell function `place KIND PATH`: finds where PATH of the image really lies, following symbolic links as chroot
 * would and never out of `$R`, and makes what is missing (`d`: a folder, `f`: an empty file). Prints `at PATH` and,
 * for each thing it made, `made PATH`. The image is hostile until proven otherwise: `/etc` may be a link to the host's.
 */
const PLACE = `place() {
  kind=$1 p= rest=\${2#/} hops=0
  while [ -n "$rest" ]; do
    case $rest in *'
'*) echo "a name in the image with a line break in it is in the way of a mount" >&2; exit 1 ;; esac
    c=\${rest%%/*}
    case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
    case $c in ''|.) continue ;; ..) p=\${p%/*}; continue ;; esac
    if [ -L "$R$p/$c" ]; then
      hops=$((hops + 1))
      [ $hops -le 40 ] || { echo "too many symbolic links in the image at $p/$c" >&2; exit 1; }
      t=$(readlink "$R$p/$c")
      case $t in /*) p= ;; esac
      rest=$t/$rest
      continue
    fi
    p=$p/$c
    [ -e "$R$p" ] && continue
    if [ "$kind" = f ] && [ -z "$rest" ]; then : >"$R$p"; else mkdir "$R$p"; fi
    echo "made $p" >&3
  done
  if [ "$kind" = f ]; then [ -f "$R$p" ]; else [ -d "$R$p" ]; fi || { echo "the image's $2 is in the way of a mount" >&2; exit 1; }
  echo "at $p" >&3
}`;

/** The script that makes the mount points below `merged`; `at` lines come back in this order. */
export function placeScript(places: Places, wanted: readonly { readonly kind: 'd' | 'f'; readonly path: string }[]): string {
  return [PLACE, `R=${quote(places.merged)}`, ...wanted.map(({ kind, path }) => `place ${kind} ${quote(path)}`)].join('\n');
}

/** The answer to `placeScript`. */
export function placed(lines: readonly string[]): { readonly at: readonly string[]; readonly made: readonly string[] } {
  const starting = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return { at: starting('at'), made: starting('made') };
}
