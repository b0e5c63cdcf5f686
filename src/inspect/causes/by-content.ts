import type { CauseByContent } from '../types.ts';

export const duplicates: CauseByContent = {
  id: 'duplicates',
  title: 'the same content twice',
  why: 'Files with the same bytes under several names; the first of them is not counted.',
  source: 'link(2)',
  fix: 'copy it once; in one layer a hard link (`ln`) or a symbolic link costs nothing',
};

export const debugSections: CauseByContent = {
  id: 'debug-sections',
  title: 'debug sections of programs and libraries',
  why: 'Sections that are never loaded: debug information, and symbols that only a linker or a debugger reads.',
  source: 'System V gABI, "Sections", SHF_ALLOC; strip(1)',
  fix: '`strip --strip-unneeded FILE` in the RUN that brings it',
};
