// What the embedded runner adds to the start of a program: a static busybox image's `true`, from asking for the container
// until it is taken down, beside a plain start of the same program by this process. Medians of 15.
//   node bench/runner-overhead.mjs
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from '../scripts/setup.mjs';

const RUNS = 15;
const BUSYBOX = '/bin/busybox';
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-overhead-'));

/** The runner by itself, from the source: its programs lie beside it. */
async function bundled() {
  const entry = join(folder, 'entry.ts');
  const from = (path, names) => `export { ${names} } from ${JSON.stringify(join(root, 'src', path))};\n`;
  writeFileSync(
    entry,
    from('base/node.ts', 'openStore') +
      from('run/index.ts', 'embeddedRunner, unpackedRemover') +
      from('run/image.testing.ts', 'busyboxLayer, imageOfTars'),
  );
  const bundle = await rolldown({ input: entry, platform: 'node', external: [/^node:/, 'openpgp'], logLevel: 'silent' });
  await bundle.write({ dir: folder, entryFileNames: 'runner.mjs', chunkFileNames: '[name].mjs', format: 'esm' });
  for (const name of ['agent.mjs', 'extract.mjs']) copyFileSync(join(root, 'src/run', name), join(folder, name));
  return import(join(folder, 'runner.mjs'));
}

const plain = () =>
  new Promise((resolve, reject) => {
    const child = spawn(BUSYBOX, ['true'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.once('error', reject).once('close', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
  });

async function medianMs(work) {
  await work(); // layers are unpacked, caches are warm
  const times = [];
  for (let i = 0; i < RUNS; i += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(RUNS / 2)], fastest: times[0] };
}

let close = async () => {};
try {
  const { openStore, embeddedRunner, unpackedRemover, busyboxLayer, imageOfTars } = await bundled();
  const store = await openStore(join(folder, 'store'));
  close = async () => {
    await store.close();
    await unpackedRemover([join(folder, 'store', 'folders')]); // of other owners, for an ordinary user
  };
  const runner = embeddedRunner(store);
  const image = imageOfTars([busyboxLayer()], { User: '10001:10001', Entrypoint: ['/bin/true'] });
  const options = { environment: {}, readOnlyRoot: true, writablePaths: [] };
  const contained = async () => {
    const exit = await runner.run(image, options, (container) => container.exited(10_000));
    if (exit?.code !== 0) throw new Error(`it ended with ${JSON.stringify(exit)}`);
  };
  const [alone, inside] = [await medianMs(plain), await medianMs(contained)];
  const row = (name, { median, fastest }) => console.log(`${name.padEnd(34)} ${median.toFixed(0)} ms (fastest ${fastest.toFixed(0)} ms)`);
  row('a plain start of `true`', alone);
  row('the same in the embedded runner', inside);
  console.log(`overhead: ${((inside.median - alone.median) / 1000).toFixed(2)} s; 0.15 s wanted`);
} finally {
  await close();
  rmSync(folder, { recursive: true, force: true });
}
