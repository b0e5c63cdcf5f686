import { expect, test } from 'vitest';
import { contractOf } from '../python-image.test-support.ts';
import type { Outcome, Subject } from '../types.ts';
import { logs } from './logs.ts';

/** A service that prints nothing when it is asked, and a line with PYTHONUNBUFFERED. */
function judge(command: readonly string[], files: readonly string[] = ['usr/bin/python3.13']): Promise<Outcome> {
  const best = { readiness: { ready: true, afterMs: 1 }, logs: [], requestsFromMs: 1, undeclaredFromMs: 1, readOnlyRoot: true };
  const subject = {
    contract: contractOf({ entrypoint: [], command }),
    image: { config: async () => ({ config: {} }) },
    values: [],
    tree: async () => ({ entries: new Map(files.map((path) => [path, {}])) }),
    trial: async () => ({ best, readOnly: best }),
    run: async () => ({ ...best, logs: [{ text: 'asked', atMs: 2, stream: 'stdout' }] }),
  };
  return logs.measure(subject as unknown as Subject);
}

test.each([
  [['python3', 'server.py']],
  [['/app/serve']],
  [['sh', '-c', 'exec python3 server.py']],
  [['gunicorn', '-u', 'nobody', 'app:app']],
  [['python3', 'server.py', '-u']],
])('lines that wait in a buffer are found, however Python is started: %j', async (command) => {
  expect((await judge(command)).outcome).toBe('failed');
});

test('nothing waits where Python writes at once, or is not there', async () => {
  expect((await judge(['python3', '-u', 'server.py'])).outcome).toBe('skipped');
  expect((await judge(['python3', '-Wd', '-Bu', '-m', 'app'])).outcome).toBe('skipped');
  expect((await judge(['/app/serve'], ['app/serve', 'usr/bin/perl'])).outcome).toBe('skipped');
});
