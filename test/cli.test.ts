import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { copyOf, fixtures, has, plimsoll, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
let count = 0;

function service(files: Readonly<Record<string, string>>): string {
  const folder = join(place.folder, `s${(count += 1)}`);
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
const fastapi = { 'requirements.txt': 'fastapi==0.115.5\nuvicorn==0.32.1\n', 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' };

describe('the program', () => {
  test('--version says the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await plimsoll(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--version and --help load no command', async () => {
    for (const flag of ['--version', '--help']) {
      // Every module that is loaded is opened: with a list of them there is nothing to guess.
      const hook = join(place.folder, 'loads.mjs');
      const loader =
        'import fs from "node:fs"; export async function load(url, context, next) { fs.writeSync(2, `load ${url.split("/").pop()}\\n`); return next(url, context); }';
      writeFileSync(
        hook,
        `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(loader)}`)});`,
      );
      const end = await plimsoll([flag], { env: { NODE_OPTIONS: `--import ${hook}` } });
      expect(end.code).toBe(0);
      expect(end.stderr).toMatch(/load plimsoll\.js/);
      expect(end.stderr).not.toMatch(/load (ship|plan|build|zod|commander|esm)-/);
    }
  });

  test('every command has help with examples', async () => {
    const { stdout } = await plimsoll(['--help']);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map((m) => m[1] ?? '');
    expect(names.length).toBeGreaterThanOrEqual(10);
    for (const name of names.filter((n) => n !== 'plimsoll')) {
      const help = await plimsoll([name, '--help']);
      expect([name, help.code]).toEqual([name, 0]);
      expect(help.stdout).toContain('Examples:');
    }
  });

  test('an unknown command is refused, and the near one is proposed', async () => {
    expect(await plimsoll(['shp'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: there is no command `shp`\nhint: did you mean `plimsoll ship`?\n',
    });
  });

  test('an unknown flag is refused with exit code 2', async () => {
    expect((await plimsoll(['plan', '--colour'])).code).toBe(2);
  });

  test.skipIf(!has('bash'))('completion for bash is a program that bash accepts', async () => {
    const { stdout } = await plimsoll(['completion', 'bash']);
    expect(spawnSync('bash', ['-n'], { input: stdout }).status).toBe(0);
  });

  test('each room of the bundle can be the first that is loaded', () => {
    const dist = join(root, 'dist');
    const rooms =
      /^(base|config|yaml|compose|toml|python-grammar|service|plan|image|scan|build|run|prove|report|lint|ignore)-[\w-]{8}\.js$/;
    const parts = readdirSync(dist).filter((name) => rooms.test(name));
    expect(parts.length).toBeGreaterThan(12);
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
    const broken = parts.flatMap((name) => {
      const load = `await import(${JSON.stringify(join(dist, name))})`;
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', load], { encoding: 'utf8', env });
      return status === 0 ? [] : [`${name}: ${/^\w*Error.*$/m.exec(stderr)?.[0]}`];
    });
    expect(broken).toEqual([]);
  });

  test('`explain` has a page for every name that it lists', async () => {
    const { stdout } = await plimsoll(['explain']);
    const names = stdout
      .split('\n')
      .flatMap((line) => line.split(':')[1]?.split(',') ?? [])
      .map((n) => n.trim())
      .filter(Boolean);
    expect(names.length).toBeGreaterThan(25);
    const pages = (await plimsoll(['explain', ...names])).stdout;
    for (const name of names) expect(pages).toMatch(new RegExp(`^# ${name}$`, 'm'));
  });
});

describe('plan --json', () => {
  test('is one document on standard output and nothing else there', async () => {
    const end = await plimsoll(['plan', join(fixtures, 'python-fastapi/service'), '--json']);
    const plan = JSON.parse(end.stdout) as {
      schema: string;
      decisions: { id: string; choice: string; decidedBy: string; because: unknown[]; alternatives: unknown[] }[];
      contract: object;
      service: object;
    };
    expect(plan.schema).toBe('plimsoll/plan/1');
    expect(plan.decisions.every((d) => d.because.length > 0)).toBe(true);
    expect(plan.contract).toHaveProperty('command');
  });
});

describe('bad input gets a located message with a way out, and nothing is written', () => {
  const cases: readonly (readonly [string, () => string, number, RegExp])[] = [
    ['an empty folder', () => service({}), 2, /error: .*\n?hint: /],
    ['a folder that is not there', () => join(place.folder, 'absent'), 2, /cannot be read \(ENOENT\)/],
    [
      'two equally good entry points',
      () => service({ 'requirements.txt': fastapi['requirements.txt'], 'one.py': fastapi['main.py'], 'two.py': fastapi['main.py'] }),
      2,
      /several equally good[^]*hint: .*--entry/,
    ],
    [
      'a syntax error in the only source',
      () => service({ 'requirements.txt': 'fastapi\n', 'main.py': 'def broken(:\n' }),
      2,
      /main\.py:1:\d+[^]*hint/,
    ],
    [
      'requires-python that no base satisfies',
      () => service({ ...fastapi, 'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.14"\n' }),
      2,
      /pyproject\.toml:3:\d+: requires-python[^]*bookworm/,
    ],
    [
      'an unknown key in plimsoll.yaml',
      () => service({ ...fastapi, 'plimsoll.yaml': 'servr: uvicorn\n' }),
      2,
      /plimsoll\.yaml:1:1: .*`servr`\nhint: did you mean `server`\?/,
    ],
    ['a broken plimsoll.lock', () => service({ ...fastapi, 'plimsoll.lock': '{' }), 2, /plimsoll\.lock/],
    ['a base that is not there', () => service({ ...fastapi, 'plimsoll.yaml': 'base: "oci:nowhere"\n' }), 2, /nowhere[^]*\nhint: /],
    [
      'a link out of the folder',
      () => {
        const folder = service(fastapi);
        symlinkSync('/etc/passwd', join(folder, 'outside'));
        return folder;
      },
      2,
      /outside: `outside` links to `\/etc\/passwd`[^]*\.dockerignore/,
    ],
    [
      'a dependency without a wheel',
      () => service({ ...fastapi, 'requirements.txt': `${fastapi['requirements.txt']}docopt==0.6.2\n` }),
      2,
      /requirements\.txt:3:1: `docopt==0\.6\.2` has no wheel for Python 3/,
    ],
    [
      'a dependency without a wheel for the platform',
      () => service({ ...fastapi, 'requirements.txt': `${fastapi['requirements.txt']}pywin32==308\n` }),
      2,
      /requirements\.txt:3:1: `pywin32==308` has no wheel for Python 3\S+ on \S+manylinux/,
    ],
    [
      'a hash that is not that of what the index has',
      () => service({ ...fastapi, 'requirements.txt': `uvicorn==0.32.1 --hash=sha256:${'0'.repeat(64)}\n` }),
      2,
      /requirements\.txt:1:1: what the index serves as `uvicorn==0\.32\.1` is sha256:82ad92fd\S*, and the lock wants sha256:000/,
    ],
    ['a lock that disagrees with the manifest', () => join(fixtures, 'python-lock-disagrees/service'), 2, /lock/],
  ];

  test.each(cases)('%s', async (_, make, code, message) => {
    const folder = make();
    const before = listing(folder);
    const end = await plimsoll(['build', folder]);
    expect(end.stderr).toMatch(message);
    expect(end.stderr).toMatch(/^hint/m);
    expect({ code: end.code, stdout: end.stdout }).toEqual({ code, stdout: '' });
    expect(listing(folder)).toEqual(before);
  });

  test('a store that cannot be written', async () => {
    // A file stands where the store would be: that stops root as well.
    const cache = join(place.folder, 'locked');
    writeFileSync(cache, '');
    const end = await plimsoll(['build', service(fastapi)], { env: { XDG_CACHE_HOME: cache } });
    expect(end).toMatchObject({ code: 3, stderr: expect.stringContaining('XDG_CACHE_HOME') as string });
  });

  test('`--locked` without a lock', async () => {
    expect(await plimsoll(['build', service(fastapi), '--locked'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('plimsoll.lock') as string,
    });
  });
});

describe('what is built', () => {
  const folder = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));

  let image: { readonly digest: string };

  test('keeps to the OCI specification, as `validate` sees it', async () => {
    const built = await plimsoll(['build', folder, '--json']);
    expect(built.stderr).not.toMatch(/^error/m);
    ({ image } = JSON.parse(built.stdout) as { image: typeof image });
    expect(await plimsoll(['validate', join(folder, '.plimsoll/image')])).toMatchObject({ code: 0 });
  });

  test.skipIf(!has('skopeo'))('has the digest that skopeo sees', () => {
    const inspected = spawnSync('skopeo', ['inspect', `oci:${join(folder, '.plimsoll/image')}`], { encoding: 'utf8' });
    expect(inspected.stderr).toBe('');
    expect(JSON.parse(inspected.stdout)).toMatchObject({ Digest: image.digest, Os: 'linux' });
  });

  test('is hidden from git and leaves nothing else but plimsoll.lock', () => {
    expect(readFileSync(join(folder, '.plimsoll/.gitignore'), 'utf8')).toBe('*\n');
    expect(
      listing(folder)
        .filter((p) => !p.startsWith('.plimsoll/'))
        .toSorted(),
    ).toEqual([...listing(join(fixtures, 'python-tcp/service')), '.plimsoll', 'plimsoll.lock'].toSorted());
  });

  test('a damaged blob is found by `validate`, exit code 1', async () => {
    const blobs = join(folder, '.plimsoll/image/blobs/sha256');
    const [first = ''] = readdirSync(blobs);
    writeFileSync(join(blobs, first), 'x');
    const end = await plimsoll(['validate', join(folder, '.plimsoll/image')]);
    expect(end.code).toBe(1);
    expect(end.stdout).toContain(first);
    rmSync(join(folder, '.plimsoll'), { recursive: true });
  });
});

function listing(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  } catch {
    return [];
  }
}
