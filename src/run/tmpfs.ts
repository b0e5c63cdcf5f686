import { totalmem } from 'node:os';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** A folder in memory: tmpfs(5). */
interface TmpfsBounds {
  readonly bytes: number;
  readonly files: number;
}

/** A quarter of a million files take some 250 MB of the kernel's own memory. */
const FILES = 2 ** 18;

/** What may be written below a writable root, and under /dev. */
export const rootBounds = (): TmpfsBounds => ({ bytes: Math.floor(Math.min(4 * GIB, totalmem() / 2)), files: FILES });

/** What each of so many writable paths may hold: together never more than half of the machine's memory. */
export const pathBounds = (paths: number): TmpfsBounds => ({
  bytes: Math.floor(Math.max(MIB, Math.min(GIB, totalmem() / 2 / Math.max(1, paths)))),
  files: Math.max(1024, Math.floor(FILES / Math.max(1, paths))),
});

/** As mount(8) is told. */
export const tmpfsOptions = ({ bytes, files }: TmpfsBounds): string => `size=${bytes},nr_inodes=${files}`;

/** tmpfs counts in pages; those of 64 KiB, as some kernels have them, bound it less. */
const PAGE = 4096;

/** As volumes of Docker and Podman are told: Podman takes `size` for a quota of its own disk. */
export const tmpfsVolumeOptions = ({ bytes, files }: TmpfsBounds): string => `nr_blocks=${Math.ceil(bytes / PAGE)},nr_inodes=${files}`;
