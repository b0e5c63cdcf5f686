import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIndex, USER, type Index } from '../src/build/direct/python/indexes/double.testing.ts';
import { copyOf, fixtures, plimsoll, scratch } from './plimsoll.ts';

const PASSWORD = 'Xk4geheim9f';
const place = scratch();
let index: Index;
beforeAll(async () => {
  index = await startIndex(PASSWORD);
});
afterAll(async () => {
  await index.close();
  place.remove();
});

test('the login of a private index is in no image, no lock, no line and no JSON of a build', async () => {
  const service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));
  writeFileSync(join(service, 'requirements.txt'), `--extra-index-url ${index.url}\ntally==1.0.0\n`);
  const netrc = join(place.folder, 'netrc');
  writeFileSync(netrc, `machine 127.0.0.1\nlogin ${USER}\npassword ${PASSWORD}\n`);
  const env = { NETRC: netrc, UV_CACHE_DIR: join(place.folder, 'uv') };
  const end = await plimsoll(['build', service, '--json'], { env });
  expect(end.stderr).not.toMatch(/^error/m);
  expect(end.code).toBe(0);
  expect(index.admitted()).toBeGreaterThan(1);
  const lock = readFileSync(join(service, 'plimsoll.lock'), 'utf8');
  expect(lock).toContain(`tally==1.0.0 \\\\\\n    --hash=sha256:${index.sha256}`);
  const layout = join(service, '.plimsoll/image');
  const unpacked = execFileSync('sh', ['-c', `for f in "${layout}"/blobs/sha256/*; do gzip -dc "$f" 2>/dev/null || cat "$f"; done`], {
    maxBuffer: 1 << 28,
  });
  expect(unpacked.includes('WORD = "tally"')).toBe(true);
  for (const secret of [PASSWORD, Buffer.from(`${USER}:${PASSWORD}`).toString('base64')])
    for (const text of [end.stdout, end.stderr, lock, unpacked]) expect(text.includes(secret)).toBe(false);

  const again = await plimsoll(['build', service, '--json', '--locked'], { env: { NETRC: '/dev/null' } });
  expect(again.code).toBe(0); // what is locked and in the store asks nobody
});
