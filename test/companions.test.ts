import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findOnPath } from '../src/base/node.ts';
import { whyNoContainers } from '../src/run/kit.testing.ts';
import { copyOf, fixtures, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const why = await whyNoContainers();
const hasPostgres = existsSync('/usr/lib/postgresql');
const hasRedis = (await findOnPath('redis-server')) !== undefined;

interface Shipped {
  readonly gates: readonly { readonly id: string; readonly outcome: string; readonly why?: string }[];
  readonly beside?: readonly object[];
}

/** Without what only measures time, which a loaded machine does not have. */
const GATES = 'ready-in-time,read-only-root,probes,liveness,logs';

async function ship(name: string): Promise<Shipped & { readonly failed: readonly object[] }> {
  const folder = copyOf(join(fixtures, name, 'service'), join(place.folder, name));
  const end = await plimsoll(['ship', folder, '--only', GATES, '--json']);
  expect(end.stdout, end.stderr).not.toBe('');
  const report = JSON.parse(end.stdout) as Shipped;
  return { ...report, failed: report.gates.filter((it) => it.outcome !== 'passed') };
}

describe.skipIf(why !== undefined)('a service with a compose file is proven beside what the file names', { timeout: 300_000 }, () => {
  test.skipIf(!hasPostgres)('PostgreSQL, under the file’s name, user, password and database; it goes away and comes back', async () => {
    const { failed, beside } = await ship('python-compose-postgres');
    expect(failed).toEqual([]);
    expect(beside).toMatchObject([
      {
        name: 'postgres',
        stands: true,
        hosts: ['db'],
        because: [{ file: 'compose.yaml', text: 'postgres:16-alpine' }, { file: 'compose.yaml' }],
      },
    ]);
  });

  test.skipIf(!hasRedis)('redis, on the file’s port and behind its password; what no program stands for is said', async () => {
    const { failed, beside } = await ship('python-compose-redis');
    expect(failed).toEqual([]);
    expect(beside).toMatchObject([
      {
        name: 'redis',
        stands: true,
        hosts: ['cache'],
        because: [{ file: 'compose.yaml', text: 'valkey/valkey:8' }, { file: 'compose.yaml' }],
      },
      {
        name: 'mails',
        stands: false,
        why: 'no program of this machine stands for `axllent/mailpit`',
        remedy: expect.stringContaining('prove: {doubles:'),
      },
    ]);
    expect(JSON.stringify(beside)).not.toContain(':plimsoll@');
  });
});
