import { expect, test } from 'vitest';
import { contractOf } from '../python-image.test-support.ts';
import type { Outcome, Subject } from '../types.ts';
import { noCapabilities } from './no-capabilities.ts';

/** A service on port 80 that ends with this line. */
function judge(text: string): Promise<Outcome> {
  const logs = [{ text, atMs: 1, stream: 'stderr' }];
  const best = { readiness: { ready: false, why: 'exited', afterMs: 1 }, logs, answers: [] };
  const contract = contractOf({ ports: [{ port: 80, speaks: 'tcp' }] as never });
  return noCapabilities.measure({ contract, trial: async () => ({ best, readOnly: best }) } as unknown as Subject);
}

test('a file that may not be opened is no port, however the line names it', async () => {
  for (const line of [
    "PermissionError: [Errno 13] Permission denied: '/data/db'",
    "Error: EACCES: permission denied, open '/data/db'",
    'open /data/db: permission denied',
    'java.io.FileNotFoundException: /data/db (Permission denied)',
    '/start.sh: line 3: /data/db: Permission denied',
  ])
    expect(await judge(line), line).toMatchObject({ outcome: 'unproven' });
});

test('a port that may not be bound is told, whatever stands before it', async () => {
  for (const line of [
    '2026/01/01 10:00:00 listen tcp :80: bind: permission denied',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)',
    'Error: listen EACCES: permission denied 0.0.0.0:80',
    'PermissionError: [Errno 13] Permission denied',
    '/usr/sbin/httpd: (13)Permission denied: could not bind to address [::]:80',
  ])
    expect(await judge(line), line).toMatchObject({ outcome: 'failed', why: expect.stringContaining('port 80') });
});
