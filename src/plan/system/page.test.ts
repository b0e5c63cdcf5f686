import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemLibrariesPage } from './page.testing.ts';

test('docs/system-libraries.md is what the table says', () => {
  const path = fileURLToPath(new URL('../../../docs/system-libraries.md', import.meta.url));
  if (process.env['PLIMSOLL_GOLDEN'] === 'write') writeFileSync(path, systemLibrariesPage());
  expect(readFileSync(path, 'utf8')).toBe(systemLibrariesPage());
});
