import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/config/index.ts';
import { whyNoContainers } from '../src/run/kit.testing.ts';
import { LENIENT, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const why = await whyNoContainers();
const folder = join(place.folder, 'ledger');

/** It writes where no reader of sources can tell, and beside its program; it keeps 60 MB. */
const SERVER = `import http.server
import os
import signal
import sys
import threading

KEPT = bytearray(b"x" * 60_000_000)
STORE = os.path.join(os.getcwd(), os.environ.get("STORE_NAME") or "store")


def write(folder, name):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "a") as out:
        out.write("entry\\n")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/entries":
            write(STORE, "ledger.txt")
        if self.path == "/spool":
            write(os.sep + os.path.join("var", "spool", "ledger"), "job.txt")
        self.send_response(200)
        self.end_headers()


def main():
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
`.replaceAll('\\\\n', '\\n');

const CONFIG = '# kept\nbudget:\n  ready: 60 s\nprobes:\n  - GET /entries 200\n  - GET /spool 200\n';

interface Found {
  readonly writable: readonly { readonly path: string }[];
  readonly misplaced: readonly unknown[];
  readonly memory: { readonly seenBytes: number; readonly limitBytes: number };
  readonly confirmed: { readonly works: boolean; readonly why?: string };
  readonly changes: readonly { readonly path: string }[];
}

describe.skipIf(why !== undefined)('what a service writes and takes is found by running it', () => {
  beforeAll(async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'server.py'), SERVER);
    writeFileSync(join(folder, 'plimsoll.yaml'), CONFIG);
    const end = await plimsoll(['build', folder]);
    expect(end.code, end.stdout + end.stderr).toBe(0);
  });
  const discover = (...more: readonly string[]) => plimsoll(['prove', folder, '--discover', ...more]);

  test('its folders and a limit with head room are proposed, tried with a read-only root, and nothing is written', async () => {
    const end = await discover('--json');
    const found = JSON.parse(end.stdout || '{}') as Found;
    expect(found.confirmed, end.stderr).toEqual({ works: true });
    expect(found.writable.map(({ path }) => path)).toEqual(['/app/store', '/var/spool/ledger']);
    expect(found.misplaced).toEqual([]);
    expect(found.memory.seenBytes).toBeGreaterThan(60e6);
    expect(found.memory.limitBytes).toBeGreaterThan(found.memory.seenBytes * 1.4);
    expect(found.changes.map(({ path }) => path)).toEqual(['plimsoll.yaml']);
    expect(end.code).toBe(0);
    expect(readFileSync(join(folder, 'plimsoll.yaml'), 'utf8')).toBe(CONFIG);
  });

  test('people see a diff; `--write` makes it, comments stay, and what `init` wrote follows', async () => {
    appendFileSync(join(folder, 'plimsoll.yaml'), 'files: [compose, kubernetes]\n');
    expect((await plimsoll(['init', folder, '--yes'])).code).toBe(0);
    const shown = await discover();
    expect(shown.stdout).toContain('+++ b/plimsoll.yaml');
    const end = await discover('--write');
    expect(end.code, end.stdout + end.stderr).toBe(0);
    const text = readFileSync(join(folder, 'plimsoll.yaml'), 'utf8');
    expect(text).toMatch(/^# kept\n/);
    expect(readConfig(text)).toMatchObject({
      writable: ['/app/store', '/var/spool/ledger'],
      limits: { memory: expect.stringMatching(/ MiB$/) },
    });
    expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toContain('/var/spool/ledger');
    expect(readFileSync(join(folder, 'deploy/kubernetes.yaml'), 'utf8')).toContain('/app/store');
    const shipped = await plimsoll(['ship', folder, '--json', '--only', 'read-only-root,memory-limit,probes', ...LENIENT]);
    expect(shipped.code, shipped.stdout + shipped.stderr).toBe(0);
    const again = await discover('--json');
    expect(again.stderr.includes('error') ? again.stderr : '').toBe('');
    expect(JSON.parse(again.stdout)).toMatchObject({ writable: [], changes: [] });
  });
});

test.each([
  ['--write without --discover', ['--write'], '`--write` writes what `--discover` finds'],
  ['a report of checks that are not made', ['--discover', '--html', 'x.html'], '`--html` is a report of the checks'],
])('%s is an error with a way out, and nothing is run', async (_, options, said) => {
  const end = await plimsoll(['prove', place.folder, ...options]);
  expect([end.code, end.stderr]).toEqual([2, expect.stringContaining(said)]);
  expect(end.stderr).toContain('hint: ');
});

test('an image alone has no plimsoll.yaml to change', async () => {
  const end = await plimsoll(['prove', 'registry.example/app:1', '--discover']);
  expect([end.code, end.stderr]).toEqual([
    2,
    expect.stringContaining('is an image, and `--discover` changes a repository’s plimsoll.yaml'),
  ]);
});
