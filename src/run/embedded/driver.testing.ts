// A program that runs a container as Plimsoll would, for tests that end it in every way, or run it as another user.
// Bundled by the test. Arguments: the folder of the store, and what to do. Says what it found as lines of JSON.
import { openStore } from '../../base/node.ts';
import { busyboxLayer, imageOfTars, plainRun } from '../image.testing.ts';
import { memoryHierarchy } from '../memory.ts';
import { thisHost } from '../host.ts';
import { embeddedRunner } from './runner.ts';
import { unpackedRemover } from './prune.ts';

const [folder = '', what = ''] = process.argv.slice(2);
const say = (data: object): boolean => process.stdout.write(`${JSON.stringify(data)}\n`);

const files = [
  { path: 'secret', content: 'hidden', mode: 0o600 },
  { path: 'own', content: 'mine', mode: 0o600, uid: 10001, gid: 10001 },
  { path: 'code', type: 'directory' as const },
  { path: 'far', content: 'x', uid: 10002, gid: 10002 },
  { path: 'private', type: 'directory' as const, mode: 0o700, uid: 10002, gid: 10002 },
  { path: 'private/file', content: 'x', uid: 10002, gid: 10002 },
];
const facts =
  'id -u; cat /proc/self/status | grep -E "^(Cap|NoNew|Seccomp:)"; cat /secret /own; touch /code/x; stat -c %u /secret /own /far; echo $$; touch /data/x && echo written';
const image = (script: string) => imageOfTars([busyboxLayer(...files)], { User: '10001:10001', Entrypoint: ['sh', '-c', script] });

const store = await openStore(folder);
const runner = embeddedRunner(store);
const options = { ...plainRun, writablePaths: ['/data'] };

if (what === 'facts') {
  const found = await runner.run(image(facts), options, async (c) => {
    const exit = await c.exited(30_000);
    return { exit, lines: c.logs().map((line) => line.text), changes: await c.changes() };
  });
  say({ available: await runner.available(), ...found });
} else if (what === 'exec') {
  say({
    end: await runner.run(image('sleep 60'), options, (c) =>
      c.exec(['sh', '-c', 'id -u; echo $$; ls /proc/1 >/dev/null && echo seen'], 30_000),
    ),
  });
} else if (what === 'eat') {
  const eater = imageOfTars([busyboxLayer()], { User: '10001:10001', Entrypoint: ['awk', 'BEGIN { s = "x"; while (1) s = s s }'] });
  say({ exit: await runner.run(eater, { ...options, memoryBytes: 100_000_000 }, (c) => c.exited(60_000)) });
} else if (what === 'companion') {
  const redis = {
    name: 'redis',
    argv: ['redis-server', '--bind', '127.0.0.1', '--port', '6399', '--save', ''],
    before: [['sh', '-c', 'id -u >who; test "$(cat who)" != 0 && ! ls /home /root /var']],
    folders: ['/usr/bin'],
    port: 6399,
    install: 'install it',
  };
  const ask = image('while :; do printf "PING\\r\\nQUIT\\r\\n" | nc 127.0.0.1 6399 2>&1; sleep 0.1; done');
  await runner.run(ask, { ...options, companions: [redis] }, async (c) => {
    const next = async (text: string, from = c.now()) => (await c.waitForLog((l) => l.atMs > from && l.text.includes(text), 20_000))?.text;
    const said = [await next('PONG', 0)];
    await c.companion('redis').stop();
    said.push(await next('refused'));
    await c.companion('redis').start();
    said.push(await next('PONG'));
    say({ said });
  });
} else if (what === 'remove') {
  await store.close();
  await unpackedRemover([`${folder}/folders`]);
} else {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.once(signal, () => abort.abort(new Error(signal)));
  const limit = memoryHierarchy(thisHost()) ? { memoryBytes: 50_000_000 } : {};
  await runner
    .run(
      image('trap "" TERM INT HUP; sleep 1000 & echo up; while :; do sleep 1; done'),
      { ...options, ...limit, signal: abort.signal },
      async (c) => {
        await c.waitForLog((line) => line.text === 'up', 30_000);
        await c.listening(); // the agent is up as well
        say({ up: true });
        if (what === 'throw') throw new Error('the work failed');
        if (what !== 'return') await c.exited(1_000_000);
      },
    )
    .catch((error: unknown) => say({ error: String(error) }));
  // What was made must be gone before Plimsoll ends, not by its end.
  say({ left: true });
  await new Promise((resolve) => setTimeout(resolve, 1_000_000));
}
if (what !== 'remove') await store.close();
