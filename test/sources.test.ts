import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lock } from '../src/build/index.ts';
import { flatten, openImage } from '../src/image/index.ts';
import { whyNoContainers } from '../src/run/kit.testing.ts';
import { has, plimsoll, run, scratch, type End } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const why = has('git') ? await whyNoContainers() : 'no git';

function written(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A library that says a word, and needs another one from the index. */
const library = (name: string, word: string): Readonly<Record<string, string>> => ({
  'pyproject.toml': `[build-system]\nrequires = ["flit_core>=3.9"]\nbuild-backend = "flit_core.buildapi"\n\n[project]\nname = "${name}"\nversion = "1.0"\ndescription = "x"\ndependencies = ["idna>=3"]\n\n[project.optional-dependencies]\nloud = ["six"]\n`,
  [`${name}/__init__.py`]: `WORD = "${word}"\n`,
});

const git = (folder: string, ...args: string[]): string =>
  run(folder, 'git', '-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', ...args).trim();

function commit(folder: string, files: Readonly<Record<string, string>>): string {
  written(folder, files);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'x');
  return git(folder, 'rev-parse', 'HEAD');
}

let counter = 0;
const service = (files: Readonly<Record<string, string>>): string =>
  written(join(place.folder, `service-${(counter += 1)}`), {
    'server.py': 'import socket\n\nif __name__ == "__main__":\n    socket.create_server(("", 8000)).accept()\n',
    'plimsoll.yaml': 'pid1: server\n',
    ...files,
  });

const lockOf = (folder: string): Lock => JSON.parse(readFileSync(join(folder, 'plimsoll.lock'), 'utf8')) as Lock;

async function wordIn(folder: string, name: string): Promise<string> {
  const tree = await flatten(await (await openImage(`oci:${join(folder, '.plimsoll/image')}`)).layers());
  return Buffer.from(await tree.read(`usr/local/lib/python3.13/dist-packages/${name}/__init__.py`)).toString();
}

const errorOf = (end: End): string => (end.code === 0 ? '' : end.stderr);
async function built(folder: string, ...more: string[]): Promise<void> {
  expect(errorOf(await plimsoll(['build', folder, ...more]))).toBe('');
}

describe.skipIf(why !== undefined)('a dependency by the URL of a git repository', () => {
  const greet = join(place.folder, 'greet');
  const url = `git+file://${greet}`;
  let first: string;
  beforeAll(() => {
    mkdirSync(greet);
    git(greet, 'init', '--quiet', '--initial-branch=main');
    first = commit(greet, library('greet', 'hello'));
    git(greet, 'tag', 'v1');
  });

  test('is built at the commit that its branch had, which plimsoll.lock keeps; `pin --update` goes on to the newest', async () => {
    const folder = service({ 'requirements.txt': `greet[loud] @ ${url}@main\n` });
    const early = await plimsoll(['build', folder, '--locked']);
    expect([early.code, early.stderr]).toEqual([2, expect.stringMatching(/plimsoll\.lock[^]*hint: run `plimsoll pin`/)]);
    await built(folder);
    expect(await wordIn(folder, 'greet')).toBe('WORD = "hello"\n');
    expect(lockOf(folder).sources).toEqual([{ name: 'greet', url: `${url}@main`, commit: first }]);
    expect(lockOf(folder).python?.requirements, 'what it needs, and what its extra needs').toMatch(/^idna==[^]*^six==/m);

    const second = commit(greet, { 'greet/__init__.py': 'WORD = "good day"\n' });
    await built(folder, '--locked');
    expect(await wordIn(folder, 'greet')).toBe('WORD = "hello"\n');
    const moved = await plimsoll(['pin', folder, '--update', '--platform', 'linux/amd64', '--json']);
    expect(JSON.parse(moved.stdout || '{}')).toMatchObject({ changes: [{ kind: 'python', name: 'greet', before: first, after: second }] });
    await built(folder, '--locked');
    expect(await wordIn(folder, 'greet')).toBe('WORD = "good day"\n');
    // What was built of a commit is remembered: nothing is asked of the repository.
    renameSync(greet, `${greet}-away`);
    try {
      await built(folder, '--locked');
    } finally {
      renameSync(`${greet}-away`, greet);
    }
  });

  test('is taken by tag, by commit, by a part of its id, from a folder of it, and by the older way with `#egg`', async () => {
    const nested = Object.fromEntries(Object.entries(library('inner', 'inside')).map(([path, text]) => [`libs/inner/${path}`, text]));
    const later = commit(greet, nested);
    for (const [line, word, name = 'greet', id = first] of [
      [`greet @ ${url}@v1`, 'hello'],
      [`greet @ ${url}@${first}`, 'hello'],
      [`greet[LOUD] @ ${url}@${first.slice(0, 9)} ; python_version >= "3.8"`, 'hello'],
      [`-e ${url}@v1#egg=greet`, 'hello'],
      [`inner @ ${url}#subdirectory=libs/inner`, 'inside', 'inner', later],
    ] as const) {
      const folder = service({ 'requirements.txt': `${line}\n` });
      await built(folder);
      expect([line, await wordIn(folder, name)]).toEqual([line, `WORD = "${word}"\n`]);
      expect(lockOf(folder).sources).toMatchObject([{ name, commit: id }]);
      expect(/^six==/m.test(lockOf(folder).python?.requirements ?? ''), line).toBe(line.includes('[LOUD]'));
    }
  });

  test('is that of uv.lock and of poetry.lock, at their commit', async () => {
    const project = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n';
    const uv = service({
      'pyproject.toml': `${project}dependencies = ["greet"]\n\n[tool.uv.sources]\ngreet = { git = "file://${greet}", rev = "v1" }\n`,
      'uv.lock': `version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [\n    { name = "greet" },\n]\n\n[package.metadata]\nrequires-dist = [{ name = "greet", git = "file://${greet}?rev=v1" }]\n\n[[package]]\nname = "greet"\nversion = "1.0"\nsource = { git = "file://${greet}?rev=v1#${first}" }\n`,
    });
    const poetry = service({
      'pyproject.toml': `[tool.poetry]\nname = "app"\nversion = "1"\ndescription = ""\nauthors = []\n\n[tool.poetry.dependencies]\npython = "^3.11"\ngreet = { git = "file://${greet}", rev = "v1" }\n`,
      'poetry.lock': `[[package]]\nname = "greet"\nversion = "1.0"\ndescription = ""\noptional = false\npython-versions = "*"\ngroups = ["main"]\nfiles = []\ndevelop = false\n\n[package.source]\ntype = "git"\nurl = "file://${greet}"\nreference = "v1"\nresolved_reference = "${first}"\n\n[metadata]\nlock-version = "2.1"\npython-versions = "^3.11"\ncontent-hash = "x"\n`,
    });
    for (const folder of [uv, poetry]) {
      await built(folder);
      expect(await wordIn(folder, 'greet')).toBe('WORD = "hello"\n');
      expect(lockOf(folder).sources).toMatchObject([{ name: 'greet', commit: first }]);
    }
  });

  test.each([
    ['a revision that is not there', `greet @ ${url}@v9`, 2, /requirements\.txt:1:1: `greet`: .* has no `v9`\nhint: /],
    ['another name than it has', `other @ ${url}@v1`, 2, /holds is `greet`, not `other`\nhint: /],
    [
      'a repository that is not there',
      `greet @ git+file://${greet}-none`,
      3,
      /`greet` cannot be fetched from [^]*does not appear to be a git repository\nhint /,
    ],
    ['a protocol that git is not let speak', `greet @ git+http://127.0.0.1:1/greet`, 2, /comes from git\+http:[^]*\nhint: /],
  ])('with %s is refused with a way out', async (_, line, code, says) => {
    const end = await plimsoll(['build', service({ 'requirements.txt': `${line}\n` })]);
    expect([end.code, end.stderr]).toEqual([code, expect.stringMatching(says)]);
  });

  test('whose back end compiles is refused, and so is one that brings submodules', async () => {
    const compiled = join(place.folder, 'compiled');
    mkdirSync(compiled);
    git(compiled, 'init', '--quiet', '--initial-branch=main');
    commit(compiled, {
      'pyproject.toml': '[build-system]\nrequires = ["setuptools>=69"]\nbuild-backend = "setuptools.build_meta"\n',
      'setup.py': 'from setuptools import Extension, setup\nsetup(name="compiled", version="1", ext_modules=[Extension("c", ["c.c"])])\n',
      'c.c': 'int x;\n',
    });
    const end = await plimsoll(['build', service({ 'requirements.txt': `compiled @ git+file://${compiled}\n` })]);
    expect([end.code, end.stderr]).toEqual([2, expect.stringMatching(/`compiled` cannot be built[^]*--engine buildkit/)]);
    commit(compiled, { '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = ../x\n' });
    const modules = await plimsoll(['build', service({ 'requirements.txt': `compiled @ git+file://${compiled}\n` })]);
    expect([modules.code, modules.stderr]).toEqual([2, expect.stringMatching(/has submodules, which are not fetched/)]);
  });

  test('without git on this machine ends with exit 3, and says how to get it', async () => {
    const path = join(place.folder, 'no-git');
    mkdirSync(path);
    const programs = ['/bin', '/sbin', '/usr/bin', '/usr/sbin'].flatMap((at) =>
      readdirSync(at).map((name) => [name, join(at, name)] as const),
    );
    for (const [name, file] of new Map(programs)) if (!name.startsWith('git')) symlinkSync(file, join(path, name));
    const folder = service({ 'requirements.txt': `greet @ ${url}@main # never built before\n` });
    const end = await plimsoll(['build', folder], { env: { PATH: path } });
    expect([end.code, end.stderr]).toEqual([3, expect.stringMatching(/`git` is not installed\nhint: .*apt-get install git/)]);
  });
});

describe.skipIf(why !== undefined)('a dependency by the URL of an archive of sources', () => {
  const token = 'correct-horse-battery';
  let server: Server;
  let host: string;
  let archive: Buffer;
  const archives: Record<string, Buffer> = {};
  const asked: string[] = [];
  beforeAll(async () => {
    written(join(place.folder, 'sdist/greet-1.0'), library('greet', 'from an archive'));
    run(join(place.folder, 'sdist'), 'tar', '-czf', 'greet.tar.gz', 'greet-1.0');
    archive = readFileSync(join(place.folder, 'sdist/greet.tar.gz'));
    archives['/greet.tar.gz'] = archive;
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? ''}`);
      const open = archives[request.url ?? ''];
      const mayHave = open ?? (request.headers.authorization === `Basic ${btoa(`reader:${token}`)}` ? archive : undefined);
      response.writeHead(mayHave ? 200 : 401).end(mayHave);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const sha256 = (): string => createHash('sha256').update(archive).digest('hex');

  test('is built of the bytes that plimsoll.lock names by their hash, and is not fetched again', async () => {
    const folder = service({ 'requirements.txt': `greet @ http://${host}/greet.tar.gz\n` });
    await built(folder);
    expect(await wordIn(folder, 'greet')).toBe('WORD = "from an archive"\n');
    expect(lockOf(folder).sources).toEqual([{ name: 'greet', url: `http://${host}/greet.tar.gz`, sha256: sha256() }]);
    const before = asked.length;
    await built(folder, '--locked');
    expect(asked.length).toBe(before);
  });

  test('that is not what its hash says is refused', async () => {
    const hash = 'a'.repeat(64);
    const folder = service({ 'requirements.txt': `greet @ http://${host}/greet.tar.gz \\\n    --hash=sha256:${hash}\n` });
    const end = await plimsoll(['build', folder]);
    expect([end.code, end.stderr]).toEqual([2, expect.stringMatching(new RegExp(`serves is sha256:${sha256()}, not sha256:${hash}`))]);
  });

  test('in uv.lock is the one that the lock names', async () => {
    const address = `http://${host}/greet.tar.gz`;
    const folder = service({
      'pyproject.toml': `[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["greet @ ${address}"]\n`,
      'uv.lock': `version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [\n    { name = "greet" },\n]\n\n[package.metadata]\nrequires-dist = [{ name = "greet", url = "${address}" }]\n\n[[package]]\nname = "greet"\nversion = "1.0"\nsource = { url = "${address}" }\nsdist = { hash = "sha256:${sha256()}" }\n`,
    });
    await built(folder);
    expect(await wordIn(folder, 'greet')).toBe('WORD = "from an archive"\n');
  });

  test('is built with what the indexes of the service have, and asks none that it names itself', async () => {
    const index = `\n[[tool.uv.index]]\nurl = "http://\${READER_NAME}@${host}/simple/"\ndefault = true\n`;
    const { 'pyproject.toml': manifest = '', ...files } = library('named', 'its own index');
    written(join(place.folder, 'named/named-1.0'), { 'pyproject.toml': `${manifest.replace('>=3.9', '>=3.8')}${index}`, ...files });
    run(join(place.folder, 'named'), 'tar', '-czf', 'named.tar.gz', 'named-1.0');
    archives['/named.tar.gz'] = readFileSync(join(place.folder, 'named/named.tar.gz'));
    const folder = service({ 'requirements.txt': `named @ http://${host}/named.tar.gz\n` });
    await built(folder);
    expect(await wordIn(folder, 'named')).toBe('WORD = "its own index"\n');
    expect(asked.filter((each) => each.startsWith('/simple'))).toEqual([]);
  });

  test('has its login from the environment, and that comes into no lock, no message and no image', async () => {
    const line = (name: string): string => `greet @ http://\${READER_NAME}:\${READER_PASS}@${host}/private/${name}\n`;
    const env = { READER_NAME: 'reader', READER_PASS: token };
    const folder = service({ 'requirements.txt': line('greet.tar.gz') });
    const missing = await plimsoll(['build', folder]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('needs `READER_NAME`, which is not set')]);
    const end = await plimsoll(['build', folder, '--json'], { env });
    expect(errorOf(end)).toBe('');
    for (const place of [line('${READER_PASS}.zip'), line('a.zip?by=${READER_PASS}'), line('a.zip').replace(host, '${READER_NAME}')]) {
      const elsewhere = await plimsoll(['build', service({ 'requirements.txt': place })], { env });
      expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringMatching(/requirements\.txt:1.*only the login of a URL/)]);
    }
    expect(asked.filter((each) => each.includes(`.zip`))).toEqual([]);
    const wrong = await plimsoll(['build', service({ 'requirements.txt': line('none.zip') })], {
      env: { ...env, READER_PASS: `${token}-2` },
    });
    expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining('HTTP 401')]);
    const written = run(folder, 'sh', '-c', 'cat plimsoll.lock; for f in .plimsoll/image/blobs/sha256/*; do gunzip -cf "$f"; done');
    for (const said of [end.stdout, end.stderr, wrong.stderr, wrong.stdout, written]) expect(said.includes(token)).toBe(false);
  });
});
