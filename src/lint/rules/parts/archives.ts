import { withoutQuotes } from './hadolint.ts';

/** Endings of archives, as hadolint knows them. */
const ENDINGS = '.tar .Z .bz2 .gz .lz .lzma .tZ .tb2 .tbz .tbz2 .tgz .tlz .tpz .txz .xz'.split(' ');

export const isArchive = (path: string): boolean => ENDINGS.some((ending) => withoutQuotes(path).endsWith(ending));
