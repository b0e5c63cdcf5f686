import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilteredArch } from './filter/calls.ts';
import { launcherFile } from './filter/launcher.ts';
import { hostHas, type Host } from '../host.ts';

/** What runs in a container before the image's own program does, by name in the holder's folder. */
export const OWN_PROGRAMS = { launcher: 'launch', shell: 'sh' } as const;

/** The filter of system calls that this machine takes; undefined where its architecture or its kernel has none. */
export function filterOf(host: Host): FilteredArch | undefined {
  const arch = (['x64', 'arm64'] as const).find((it) => it === process.arch);
  return hostHas(host, '/proc/sys/kernel/seccomp/actions_avail') ? arch : undefined;
}

/**
 * Writes them into `folder`, a tmpfs that is left behind when the root is changed. They may be executed and not be read:
 * a process of such a program belongs to nobody (prctl(2), PR_SET_DUMPABLE), so its /proc/PID is closed to others of its
 * user, who could otherwise reach its files and its program. Returns whether there is a filter.
 */
export function writeOwnPrograms(folder: string, shell: string, filter: FilteredArch | undefined): boolean {
  write(join(folder, OWN_PROGRAMS.shell), readFileSync(shell));
  if (filter) write(join(folder, OWN_PROGRAMS.launcher), launcherFile(filter));
  return filter !== undefined;
}

function write(file: string, bytes: Uint8Array): void {
  writeFileSync(file, bytes);
  chmodSync(file, 0o111);
}
