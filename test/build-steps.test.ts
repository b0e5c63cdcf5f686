import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../src/base/node.ts';
import { flatten, openImage } from '../src/image/index.ts';
import { embeddedRunner, type HttpAnswer } from '../src/run/index.ts';
import { copyOf, fixtures, GATES, isRoot, plimsoll, scratch, type End, LENIENT } from './plimsoll.ts';

const place = scratch();
let store: Store;
beforeAll(async () => {
  store = await openStore();
});
afterAll(async () => {
  await store.close();
  place.remove();
});

const copy = (fixture: string, name: string): string => copyOf(join(fixtures, fixture, 'service'), join(place.folder, name));
const config = (folder: string, text: string): void => writeFileSync(join(folder, 'plimsoll.yaml'), text);

interface Built {
  readonly layers: readonly { readonly name: string }[];
}

async function build(folder: string, ...more: readonly string[]): Promise<Built> {
  const end = await plimsoll(['build', folder, '--json', ...more]);
  expect({ code: end.code, said: end.code === 0 ? '' : end.stderr }).toEqual({ code: 0, said: '' });
  return (JSON.parse(end.stdout) as { image: Built }).image;
}

/** What a built image answers, once it is ready. */
async function answers(folder: string, environment: Record<string, string>, ...asked: (readonly [path: string, language?: string])[]) {
  const image = await openImage(`oci:${join(folder, '.plimsoll/image')}`);
  const options = { environment, readOnlyRoot: true, writablePaths: ['/tmp'] };
  return embeddedRunner(store).run(image, options, async (container) => {
    const ready = await container.waitReady({ port: 8000 }, 60_000);
    expect(ready).toMatchObject({ ready: true });
    const found: { status: number; body: string }[] = [];
    for (const [path, language = 'en'] of asked) {
      const headers = { host: 'localhost', 'accept-language': language };
      const answer: HttpAnswer = await container.request({ port: 8000, method: 'GET', path, headers, timeoutMs: 30_000 });
      found.push(answer.answered ? { status: answer.status, body: answer.body } : { status: 0, body: answer.why });
    }
    return found;
  });
}

const django = { SECRET_KEY: 'for-the-test-only', DATABASE_URL: 'postgresql://nobody@127.0.0.1/nothing' };

describe("Django's static files and translations", () => {
  test('are made while the image is, and the service passes all gates with them', async () => {
    const folder = copy('python-django-static', 'shipped');
    config(folder, 'budget:\n  ready: 60 s\nprobes:\n  - GET / 200\n');
    const end = await plimsoll(['ship', folder, '--json', ...LENIENT]);
    const { gates } = JSON.parse(end.stdout || `{"gates":[]}`) as { gates: readonly { id: string; outcome: string; why?: string }[] };
    const bad = gates.filter((gate) => (isRoot ? ['failed', 'unproven'] : ['failed']).includes(gate.outcome));
    expect({ code: end.code, gates: gates.map(({ id }) => id), bad }, end.stderr).toEqual({ code: 0, gates: GATES, bad: [] });

    const [english, german] = await answers(folder, django, ['/'], ['/', 'de']);
    expect(english).toMatchObject({ status: 200, body: expect.stringContaining('Welcome to our catalogue') });
    expect(german).toMatchObject({ status: 200, body: expect.stringContaining('Willkommen in unserem Katalog: schöne Dinge') });
    expect(german?.body).toContain('3 Artikel zur Auswahl');
    const css = /href="(\/static\/catalogue\/site\.[0-9a-f]{12}\.css)"/.exec(english?.body ?? '')?.[1] ?? '';
    const [style] = await answers(folder, django, [css]);
    expect(style).toMatchObject({ status: 200, body: expect.stringMatching(/url\("dot\.[0-9a-f]{12}\.svg"\)/) });
  });

  test('are missed where plimsoll.yaml leaves them out: the page fails, and is English', async () => {
    const folder = copy('python-django-static', 'without');
    config(folder, 'build: { steps: [], translations: none }\n');
    expect((await build(folder)).layers.map(({ name }) => name)).not.toContainEqual(expect.stringContaining('build step'));
    const [front, health] = await answers(folder, django, ['/', 'de'], ['/healthz/']);
    expect([front?.status, health?.status]).toEqual([500, 200]);
    // With the static files and without translations.
    config(folder, 'build: { translations: none }\n');
    await build(folder);
    const [page] = await answers(folder, django, ['/', 'de']);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('Welcome to our catalogue') });
  });
});

describe("a user's command", () => {
  const token = { API_TOKEN: 'for-the-test-only' };

  test('makes what the service serves, and nothing else of it is kept', async () => {
    const folder = copy('python-build-step', 'command');
    const { layers } = await build(folder);
    expect(layers.at(-1)?.name).toBe('build step (python3 render.py)');
    const [page, link, scratchFile] = await answers(folder, token, ['/'], ['/home.html'], ['/../../tmp/render.log']);
    const body = '<h1>Prices, autumn</h1><ul><li>apple: 3</li><li>pear: 4</li></ul>\n';
    expect([page, link]).toEqual([
      { status: 200, body },
      { status: 200, body },
    ]);
    expect(scratchFile?.status).toBe(404);
  });

  test('does not run again while nothing changed, and runs when its input did', async () => {
    const folder = copy('python-build-step', 'again');
    const ran = (end: End): boolean => end.stderr.includes('build step python3 render.py');
    // Of this moment, so that nobody has built it before.
    writeFileSync(join(folder, 'prices.json'), `{"plum": ${Date.now()}}`);
    expect(ran(await plimsoll(['build', folder]))).toBe(true);
    expect(ran(await plimsoll(['build', folder]))).toBe(false);
  });

  test('that fails is an error with its last words, its place and a way out', async () => {
    const folder = copy('python-build-step', 'failing');
    config(folder, 'build:\n  steps:\n    - python render.py\n');
    const end = await plimsoll(['build', folder]);
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('error: plimsoll.yaml: the build step `python3 render.py` failed: exit 1\n');
    expect(end.stderr).toMatch(/\n {2}KeyError: 'SEASON'\nhint: it ran without network, with values for it alone for API_TOKEN: /);
  });

  test('has no network, and its values are in no layer and not in the config', async () => {
    const folder = copy('python-build-step', 'closed');
    const program = [
      'import os, pathlib, socket',
      'try:',
      '    socket.create_connection(("192.0.2.1", 9), 5)',
      'except OSError as error:',
      '    pathlib.Path("site").mkdir()',
      '    pathlib.Path("site/index.html").write_text(f"{os.getuid()} {error.strerror}")',
    ];
    writeFileSync(join(folder, 'closed.py'), program.join('\n'));
    config(folder, 'build:\n  steps:\n    - { run: [python, closed.py], env: { PASSPHRASE: correct-horse-battery } }\n');
    await build(folder);
    expect((await answers(folder, token, ['/']))[0]?.body).toBe('0 Network is unreachable');
    const image = await openImage(`oci:${join(folder, '.plimsoll/image')}`);
    expect(JSON.stringify(await image.config())).not.toMatch(/correct-horse|dummy|PASSPHRASE/);
  });

  test('runs for another architecture in the image of this one, and leaves the same files', async () => {
    const folder = copy('python-build-step', 'foreign');
    const other = process.arch === 'arm64' ? 'amd64' : 'arm64';
    const [own, foreign] = [await build(folder), await build(folder, '--platform', `linux/${other}`)];
    expect(foreign.layers.at(-1)).toEqual(own.layers.at(-1));
    expect(foreign.layers[0]).not.toEqual(own.layers[0]);
    config(folder, 'build: { steps: [[python, -c, \'import shutil, sys; shutil.copy(sys.executable, "own")\']] }\n');
    await build(folder);
    const end = await plimsoll(['build', folder, '--platform', `linux/${other}`]);
    expect([end.code, end.stderr]).toEqual([
      2,
      expect.stringMatching(/wrote machine code for (amd64|arm64), this machine's own: \/app\/own/),
    ]);
  });

  test('runs for another architecture by a lock for that one alone, which stays as it is', async () => {
    const folder = copy('python-build-step', 'locked-foreign');
    const platform = `linux/${process.arch === 'arm64' ? 'amd64' : 'arm64'}`;
    expect(await plimsoll(['pin', folder, '--platform', platform])).toMatchObject({ code: 0 });
    const lock = (): string => readFileSync(join(folder, 'plimsoll.lock'), 'utf8');
    const pinned = lock();
    const { layers } = await build(folder, '--locked', '--platform', platform);
    expect(layers.at(-1)?.name).toBe('build step (python3 render.py)');
    await build(folder, '--platform', platform);
    expect(lock()).toBe(pinned);
  });

  test('keeps what `writes` names, as root’s and in plain modes, and says what it does not keep', async () => {
    const folder = copy('python-build-step', 'elsewhere');
    const program = [
      'import os, pathlib',
      'os.umask(0)',
      'for path in ("/srv/data/kept", "/srv/other", "/app/again/__pycache__/x.pyc", "/tmp/scratch"):',
      '    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)',
      '    pathlib.Path(path).write_text(path)',
      'os.chmod("/srv/data/kept", 0o777)',
      'os.symlink("kept", "/srv/data/link")',
      'os.remove("prices.json")',
    ];
    writeFileSync(join(folder, 'make.py'), program.join('\n'));
    config(folder, 'writable: [/srv/data/cache]\nbuild: { steps: [{ run: python make.py, writes: [/srv/data] }] }\n');
    const end = await plimsoll(['build', folder]);
    expect([end.code, end.stdout + end.stderr]).toEqual([0, expect.stringContaining('wrote /srv/other, which is not kept')]);
    expect(end.stdout + end.stderr).toContain('removed /app/prices.json, which stays in the image');
    const layers = await (await openImage(`oci:${join(folder, '.plimsoll/image')}`)).layers();
    expect((await flatten(layers)).resolve('app/prices.json')).toBeDefined();
    const { entries } = await flatten(layers.slice(-1));
    expect([...entries].map(([path, { record: it }]) => `${path} ${it.type} ${it.mode.toString(8)} ${it.uid}:${it.gid}`)).toEqual([
      'srv directory 755 0:0',
      'srv/data directory 755 0:0',
      'srv/data/kept file 755 0:0',
      'srv/data/link symlink 777 0:0',
    ]);
  });

  test('that removes what a layer below has is refused', async () => {
    const folder = copy('python-build-step', 'removing');
    config(folder, `build: { steps: [[python, -c, 'import os; os.remove("prices.json")']] }\n`);
    const end = await plimsoll(['build', folder]);
    expect([end.code, end.stderr]).toEqual([2, expect.stringContaining('removed /app/prices.json')]);
  });

  test('where nothing can be run is no other image but an error with the ways out', async () => {
    const folder = copy('python-build-step', 'unable');
    writeFileSync(join(folder, 'prices.json'), `{"fig": ${Date.now()}}`);
    // Without util-linux there is no sandbox.
    const tools = join(place.folder, 'tools');
    mkdirSync(tools, { recursive: true });
    const end = await plimsoll(['build', folder], { env: { PATH: tools } });
    expect(end.code).toBe(3);
    expect(end.stderr).toContain('the build step `python3 render.py` cannot be run here: ');
    expect(end.stderr).toContain('`build: {steps: []}` in plimsoll.yaml');
  });
});
