import { mkdtempSync } from 'node:fs';
import { test } from 'vitest';
import { openStore } from '../../base/node.ts';
import { busyboxLayer, imageOfTars, plainRun } from './image.testing.ts';
import { embeddedRunner } from './runner.ts';
test('x', async () => {
  const store = await openStore(mkdtempSync('/tmp/rt-store-'));
  const runner = embeddedRunner(store);
  console.log(JSON.stringify(await runner.available()));
  const image = imageOfTars([busyboxLayer()], { User: '10001:10001', Entrypoint: ['sh', '-c', 'id; cat /proc/self/status | grep -E "Cap|NoNew"; ls -la / /dev /proc/self/fd; cat /proc/self/mountinfo; env; echo $$; touch /x; cat /etc/hosts; hostname; exit 7'] });
  for (let i = 0; i < 3; i++) {
    const t = performance.now();
    await runner.run(image, plainRun, async (c) => {
      const t1 = performance.now();
      console.log(await c.exited(5000), t1 - t);
      if (i === 0) console.log(c.logs().map((l) => `${l.atMs.toFixed(1)} ${l.text}`).join('\n'));
      console.log(c.logs()[0]);
    });
    console.log(performance.now() - t);
  }
  await store.close();
}, 30000);
