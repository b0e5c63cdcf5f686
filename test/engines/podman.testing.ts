import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../plimsoll.ts';

/**
 * Settings of podman for a storage of its own, in `folder`: nothing of the machine's is read or left behind. With them
 * RUN works where no container may be made, and without a network of its own.
 */
export function podmanSettings(folder: string): Readonly<Record<string, string>> {
  const conf = join(folder, 'storage.conf');
  const paths = `graphroot = "${join(folder, 'graph')}"\nrunroot = "${join(folder, 'run')}"\n`;
  writeFileSync(conf, `[storage]\ndriver = "vfs"\n${paths}`);
  return { CONTAINERS_STORAGE_CONF: conf, BUILDAH_ISOLATION: 'chroot' };
}

/** Puts a base image of busybox alone into podman's storage, under a name: a stand-in where no registry is reached. */
export function importBusybox(folder: string, name: string, env: Readonly<Record<string, string>>): void {
  const files = join(folder, 'busybox');
  mkdirSync(join(files, 'bin'), { recursive: true });
  for (const path of ['etc', 'tmp']) mkdirSync(join(files, path));
  copyFileSync('/bin/busybox', join(files, 'bin/busybox'));
  for (const applet of ['sh', 'cat', 'echo', 'ls', 'sleep', 'false']) symlinkSync('busybox', join(files, 'bin', applet));
  const tar = join(folder, 'busybox.tar');
  run(folder, 'tar', '-C', files, '-cf', tar, '.');
  const end = spawnSync('podman', ['import', '--quiet', tar, name], { encoding: 'utf8', env: { ...process.env, ...env } });
  if (end.status !== 0) throw new Error(`podman import: ${end.stderr}`);
}
