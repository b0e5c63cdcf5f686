import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { copyOf, fixtures, GATES, isRoot, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

interface Shipped {
  readonly schema: string;
  readonly verdict: string;
  readonly image: { readonly size: { readonly uncompressed: number }; readonly layers: readonly { readonly uncompressed: number }[] };
  readonly gates: readonly { readonly id: string; readonly required: boolean; readonly outcome: string; readonly why?: string }[];
}

async function ship(
  name: string,
  edit: (folder: string) => void = () => {},
): Promise<{ code: number | null; shipped: Shipped; folder: string }> {
  const folder = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, name));
  // Machines that run tests are slow: a minute to start.
  writeFileSync(join(folder, 'plimsoll.yaml'), 'budget:\n  ready: 60 s\n');
  edit(folder);
  const end = await plimsoll(['ship', folder, '--json']);
  if (end.stdout === '') throw new Error(end.stderr);
  return { code: end.code, shipped: JSON.parse(end.stdout) as Shipped, folder };
}

const outcomes = (shipped: Shipped): Record<string, string> => Object.fromEntries(shipped.gates.map((g) => [g.id, g.outcome]));

// As an ordinary user some gates may be unproven, with their remedy: that is said, and not a failure of this test.
test.skipIf(!isRoot)(
  'a healthy service is fit, and every gate says something; that its port is taken outside does not matter',
  async () => {
    const taken = createServer()
      .listen(7000)
      .on('error', () => {}); // taken already: as good
    const { code, shipped } = await ship('healthy').finally(() => taken.close());
    expect(shipped.gates.filter((g) => g.outcome === 'failed' || g.outcome === 'unproven')).toEqual([]);
    expect({ code, verdict: shipped.verdict, schema: shipped.schema }).toEqual({ code: 0, verdict: 'fit', schema: 'plimsoll/ship/1' });
    expect(shipped.gates.map((g) => g.id)).toEqual(GATES);
    expect(shipped.image.size.uncompressed).toBe(shipped.image.layers.reduce((sum, l) => sum + l.uncompressed, 0));
  },
);

test('a service over its budget is not fit, exit code 1, and only that gate fails', async () => {
  const { code, shipped } = await ship('fat', (folder) =>
    writeFileSync(join(folder, 'plimsoll.yaml'), 'budget:\n  ready: 60 s\n  size: 1 MB\n'),
  );
  expect({ code, verdict: shipped.verdict }).toEqual({ code: 1, verdict: 'unfit' });
  expect(Object.entries(outcomes(shipped)).filter(([, o]) => o === 'failed')).toEqual([['size-budget', 'failed']]);
});

const START = 'def main():\n';
const atStart = (code: string) => (folder: string) => {
  const path = join(folder, 'server.py');
  writeFileSync(path, readFileSync(path, 'utf8').replace(START, `${START}    ${code}\n`));
};
const whyOf = (shipped: Shipped, id: string): string => shipped.gates.find((gate) => gate.id === id)?.why ?? '';

test('a service that prints megabytes is measured like any other', async () => {
  const { shipped } = await ship('loud', atStart('for _ in range(100_000): print("x" * 100)'));
  expect(Object.entries(outcomes(shipped)).filter(([, o]) => o === 'failed')).toEqual([]);
});

test('a service that crashes at once is not fit, and its last words are in the report', async () => {
  const { code, shipped } = await ship('crash', atStart('raise SystemExit("no database anywhere")'));
  expect({ code, ready: outcomes(shipped)['ready-in-time'] }).toEqual({ code: 1, ready: 'failed' });
  expect(JSON.stringify(shipped.gates)).toContain('no database anywhere');
});

test('a service that never starts is not fit, and is not waited for longer than it may take', async () => {
  const { code, shipped } = await ship('never', (folder) => {
    atStart('threading.Event().wait()')(folder);
    writeFileSync(join(folder, 'plimsoll.yaml'), 'budget:\n  ready: 3 s\n');
  });
  expect({ code, ready: outcomes(shipped)['ready-in-time'] }).toEqual({ code: 1, ready: 'failed' });
  expect(whyOf(shipped, 'ready-in-time')).not.toBe('');
});

// In a user namespace of its own that forbids further ones, as hardened hosts do for everybody.
const forbidding = ['unshare', '--user', '--map-user=1001', '--keep-caps', 'sh', '-c'];
const forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --inh-caps=-all --ambient-caps=-all --bounding-set=-all "$@"';
const canForbid = spawnSync(forbidding[0] ?? '', [...forbidding.slice(1), forbid, 'sh', 'true']).status === 0;

test.skipIf(!canForbid)(
  'on a host that forbids user namespaces what must run is unproven, with the remedy, and nothing is passed',
  async () => {
    const { folder } = await ship('forbidden');
    const end = await plimsoll(['prove', folder, '--image', `oci:${join(folder, '.plimsoll/image')}`, '--json'], {
      wrap: [...forbidding, forbid, 'sh'],
    });
    const proof = JSON.parse(end.stdout) as Shipped;
    expect({ code: end.code, verdict: proof.verdict }).toEqual({ code: 3, verdict: 'unproven' });
    const running = [
      'ready-in-time',
      'health-check',
      'read-only-root',
      'sigterm',
      'missing-variable',
      'logs',
      'probes',
      'liveness',
      'no-capabilities',
      'reaps',
      'memory-limit',
      'arbitrary-user',
    ];
    expect(
      Object.entries(outcomes(proof))
        .filter(([, o]) => o === 'unproven')
        .map(([id]) => id),
    ).toEqual(running);
    expect(whyOf(proof, 'sigterm')).toContain('max_user_namespaces');
    expect(JSON.stringify(proof)).toContain('sysctl -w user.max_user_namespaces');
  },
);
