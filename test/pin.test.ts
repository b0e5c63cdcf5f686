import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyOf, fixtures, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

interface Printed {
  readonly platforms: readonly string[];
  readonly changes: readonly { readonly kind: string; readonly name: string; readonly before?: string; readonly after?: string }[];
}

let service: string;
let lock: string;
beforeAll(() => {
  service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));
  lock = join(service, 'plimsoll.lock');
});

const pin = async (more: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const end = await plimsoll(['pin', service, '--json', ...more], { env });
  return { code: end.code, stderr: end.stderr, printed: JSON.parse(end.stdout || '{}') as Printed };
};
/** As the archive was released, without what was mended since: so two locks differ in packages that really changed. */
const released = { PLIMSOLL_DEBIAN_SECURITY_MIRROR: 'none' };

test('a lock is made for both platforms, checked, moved, built from as it is, and two builds a lock apart are explained', async () => {
  const check = await pin(['--check'], released);
  expect(check.code, check.stderr).toBe(1);
  expect(existsSync(lock), '`--check` writes nothing').toBe(false);

  const first = await pin([], released);
  expect(first.code, first.stderr).toBe(0);
  expect(first.printed.platforms).toEqual(['amd64', 'arm64']);
  expect((await pin(['--check'], released)).code, 'what was just locked is up to date').toBe(0);
  const before = readFileSync(lock, 'utf8');
  const build = async (to: string) => {
    const end = await plimsoll([
      'build',
      service,
      '--locked',
      '--platform',
      'linux/amd64,linux/arm64',
      '--output',
      `oci:${join(place.folder, to)}`,
    ]);
    expect(end.stderr.includes('error'), end.stderr).toBe(false);
    return end.code;
  };
  expect(await build('old'), 'both platforms are locked').toBe(0);

  expect((await pin([])).printed.changes, 'what is locked stays').toEqual([]);
  const moved = await pin(['--update']);
  expect(moved.code, moved.stderr).toBe(0);
  expect(readFileSync(lock, 'utf8')).not.toBe(before);
  const changed = moved.printed.changes.filter((change) => change.before !== undefined && change.after !== undefined);
  expect(changed.length, 'the security suite has newer packages').toBeGreaterThan(0);
  expect(await build('new')).toBe(0);

  const compared = await plimsoll(['compare', join(place.folder, 'old'), join(place.folder, 'new'), '--json']);
  const { packages } = JSON.parse(compared.stdout) as { packages: { name: string; before?: string; after?: string }[] };
  const named = packages.map(({ name, before: from, after: to }) => `${name} ${from} → ${to}`);
  expect(named.length).toBeGreaterThan(0);
  for (const each of named)
    expect(changed.map(({ kind, name, before: from, after: to }) => `${kind} ${name} ${from} → ${to}`)).toContain(each);
}, 600_000);

test('one platform is moved, and the others stay', async () => {
  const moved = await pin(['--update', '--platform', 'linux/amd64']);
  expect(moved.code, moved.stderr).toBe(0);
  expect(moved.printed.platforms).toEqual(['amd64', 'arm64']);
  expect(moved.printed.changes).toEqual([]);
}, 300_000);

test('a folder’s files are pinned after its lock is written; `--only lock` leaves them alone', async () => {
  writeFileSync(join(service, 'Dockerfile'), 'FROM 127.0.0.1:1/x:1\n');
  rmSync(lock);
  const away = await pin(['--platform', 'linux/amd64']);
  expect([away.code, existsSync(lock)], away.stderr).toEqual([3, true]);
  const alone = await pin(['--only', 'lock', '--check', '--platform', 'linux/amd64']);
  expect(alone.code, alone.stderr).toBe(0);
  rmSync(join(service, 'Dockerfile'));
  // What the service's own image is called, in a manifest as `init` writes it.
  writeFileSync(join(service, 'pod.yaml'), 'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: "tcp:latest"}]}\n');
  const own = await pin(['--platform', 'linux/amd64']);
  expect([own.code, own.stderr]).toEqual([0, expect.stringContaining('pod.yaml:3:30: `tcp:latest` has no digest: it is built here')]);
  rmSync(join(service, 'pod.yaml'));
}, 300_000);

test('`--locked` refuses a lock that does not answer, and names the command that makes one', async () => {
  writeFileSync(join(service, 'plimsoll.yaml'), 'packages: [tini]\n');
  const end = await plimsoll(['build', service, '--locked', '--output', `oci:${join(place.folder, 'none')}`]);
  expect(end.code).toBe(2);
  expect(end.stderr).toMatch(/plimsoll\.lock: .*other Debian packages|plimsoll\.lock was made for other Debian packages/);
  expect(end.stderr).toContain('plimsoll pin');
  expect(existsSync(join(place.folder, 'none'))).toBe(false);
});
