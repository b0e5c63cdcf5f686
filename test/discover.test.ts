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

/** It reads variables where no reader of sources can tell; it is right, and says what it lacks. */
const NEEDY = `import http.server
import os
import signal
import sys
import threading

SITE = os.environ.get("_".join(("SITE", "NAME")))
if not SITE:
    sys.exit("SITE_NAME is not set")
if not os.environ.get("_".join(("API", "TOKEN"))):
    sys.exit("error: the environment variable API_TOKEN is required")
MOTTO = os.environ.get("MOTTO")
GREETING = os.environ.get("GREETING")
COLOUR = os.environ.get("COLOUR", "blue")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/" else 404)
        self.end_headers()


def main():
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
`;

describe.skipIf(why !== undefined)('variables that no file declares are found by starts that fail, and in the source', () => {
  const needy = join(place.folder, 'needy');
  const text = (path: string): string => readFileSync(join(needy, path), 'utf8');
  const ship = () => plimsoll(['ship', needy, '--json', '--only', 'ready-in-time,missing-variable,probes', ...LENIENT]);
  beforeAll(async () => {
    mkdirSync(join(needy, 'k8s'), { recursive: true });
    writeFileSync(join(needy, 'server.py'), NEEDY);
    writeFileSync(join(needy, 'plimsoll.yaml'), 'budget: {ready: 60 s}\nfiles: [compose, env, kubernetes]\nprobes: [GET / 200]\n');
    writeFileSync(join(needy, 'k8s/settings.yaml'), 'apiVersion: v1\nkind: ConfigMap\ndata: {GREETING: hello}\n');
    expect((await ship()).code).toBe(1);
  });
  const found = async (...more: readonly string[]) => {
    const end = await plimsoll(['prove', needy, '--discover', '--json', ...more]);
    return JSON.parse(end.stdout || JSON.stringify(end.stderr)) as Found & { readonly variables: readonly unknown[] };
  };
  const TOKEN = { name: 'API_TOKEN', need: 'required', secret: true, from: 'start' };
  const SITE = { name: 'SITE_NAME', need: 'required', secret: false, from: 'start' };

  test('what the source reads is one where no default, no manifest and no example of an environment file tells of it', async () => {
    const motto = { name: 'MOTTO', need: 'optional', secret: false, from: 'source' };
    expect(await found()).toMatchObject({ variables: [TOKEN, motto, SITE], confirmed: { works: true } });
    expect((await plimsoll(['init', needy, '--yes'])).code).toBe(0);
    expect(text('.env.example')).toContain('# MOTTO=');
    expect(await found()).toMatchObject({ variables: [TOKEN, SITE] });
  });

  test('a second run passes with nothing but what was proposed, and no secret has a value', async () => {
    const shown = await plimsoll(['prove', needy, '--discover']);
    expect(shown.stdout, shown.stderr).toContain('needs     API_TOKEN  a secret; a start without it failed and named it');
    expect(await found('--write')).toMatchObject({ variables: [TOKEN, SITE], confirmed: { works: true }, written: true });
    expect(readConfig(text('plimsoll.yaml')).variables).toEqual({ API_TOKEN: 'required', SITE_NAME: 'required' });
    expect(text('.env.example')).toMatch(/^API_TOKEN=$/m);
    expect(text('.env.example')).toMatch(/^SITE_NAME=$/m);
    for (const path of ['compose.yaml', 'deploy/kubernetes.yaml'])
      for (const name of ['API_TOKEN', 'SITE_NAME']) expect(text(path)).toContain(name);
    for (const path of ['plimsoll.yaml', '.env.example', 'compose.yaml', 'deploy/kubernetes.yaml'])
      expect(text(path)).not.toContain('dummy');
    const shipped = await ship();
    expect(shipped.code, shipped.stdout + shipped.stderr).toBe(0);
    expect(await found()).toMatchObject({ variables: [], changes: [], confirmed: { works: true } });
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
