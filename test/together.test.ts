import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { copyOf, fixtures, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);

/** Ten at once: a figure of the design. */
const SHIPS = 10;

test('ten ships at once and a prune among them all succeed, over one store', async () => {
  const env = { XDG_CACHE_HOME: join(place.folder, 'cache') };
  const folders = Array.from({ length: SHIPS }, (_, number) => {
    const folder = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, `service-${number}`));
    // Ten services share the cores: time is not what is asked here.
    writeFileSync(join(folder, 'plimsoll.yaml'), 'budget:\n  ready: 300 s\nprove:\n  skip: [sigterm]\n');
    return folder;
  });
  const ships = folders.map((folder) => plimsoll(['ship', folder, '--json'], { env }));
  const prunes = [plimsoll(['cache', 'prune'], { env }), ships[0]?.then(() => plimsoll(['cache', 'prune'], { env }))];
  const ends = await Promise.all(ships);
  expect(
    ends.filter((end) => end.code !== 0).map((end) => ({ code: end.code, stderr: end.stderr, stdout: end.stdout.slice(0, 4000) })),
  ).toEqual([]);
  expect((await Promise.all(prunes)).map((end) => end?.code)).toEqual([0, 0]);
  // What is left is whole: the next ship needs nothing that the prune took.
  expect((await plimsoll(['ship', folders[3] ?? '', '--json'], { env })).code).toBe(0);
});
