import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diskFiles } from './disk-files.ts';
import type { Files } from './files.ts';

export const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** The service of a fixture, with what lies beside it around. */
export const fixtureFiles = (name: string): Promise<Files> => diskFiles(join(FIXTURES, name, 'service'), new Set(), join(FIXTURES, name));
