import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { existsSync } from 'node:fs';
import { openStore, runProcess } from '../base/node.ts';
import { findMoto } from './moto.ts';

test('moto is installed into the store once where the machine has none, and starts from there', async () => {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-moto-'));
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = before
    .split(delimiter)
    .filter((folder) => !existsSync(join(folder, 'moto_server')))
    .join(delimiter);
  const store = await openStore(root);
  try {
    const said: string[] = [];
    const first = await findMoto(store, ({ detail }) => said.push(detail ?? ''));
    expect(await findMoto(store, ({ detail }) => said.push(detail ?? ''))).toEqual(first);
    expect(said).toEqual(['installing moto[server]==5.2.2', '']);
    const [program = '', ...args] = first.argv;
    const end = await runProcess({ argv: [program, ...args, '--help'] });
    expect(end.stdout).toContain('--ssl-key');
  } finally {
    process.env['PATH'] = before;
    await store.close();
    await rm(root, { recursive: true });
  }
}, 900_000);
