import type { Cause, CauseByContent } from '../types.ts';
import { apkCache } from './apk-cache.ts';
import { aptCache } from './apt-cache.ts';
import { debugSections, duplicates } from './by-content.ts';
import { byteCode } from './byte-code.ts';
import { compilers } from './compilers.ts';
import { debugFiles } from './debug-files.ts';
import { dnfCache } from './dnf-cache.ts';
import { documentation } from './documentation.ts';
import { locales } from './locales.ts';
import { npmCache } from './npm-cache.ts';
import { packageManagers } from './package-managers.ts';
import { pipCache } from './pip-cache.ts';
import { repository } from './repository.ts';
import { temporaryFiles } from './temporary-files.ts';
import { tests } from './tests.ts';
import { uvCache } from './uv-cache.ts';

/** Causes by path and owner, in the order in which they are asked: a file belongs to the first that takes it. A test compares this list with the folder. */
export const causes: readonly Cause[] = [
  aptCache,
  pipCache,
  npmCache,
  uvCache,
  dnfCache,
  apkCache,
  repository,
  temporaryFiles,
  packageManagers,
  compilers,
  tests,
  documentation,
  locales,
  debugFiles,
  byteCode,
];

/** Everything that may be found, in the order of reports: each byte counts under the first that takes it. */
export const allCauses: readonly CauseByContent[] = [...causes, duplicates, debugSections];
