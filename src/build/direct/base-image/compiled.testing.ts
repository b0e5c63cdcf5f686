import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, type Store } from '../../../base/node.ts';
import type { Image, LayerEntry } from '../../../image/index.ts';
import { tree } from '../../../prove/python-image.test-support.ts';
import { debian, OFFICIAL } from './stand-ins.testing.ts';

/** A base whose Python this machine compiles, once, from the source in Debian's source package of its own release. */
export async function compiledPython(store: Store, suite: 'bookworm' | 'trixie'): Promise<Image> {
  const python = suite === 'bookworm' ? '3.11' : '3.13';
  const root = await store.folder('compiled-python', keyOf({ suite, python, options: OPTIONS }), async (folder) => compile(folder, python));
  const compiled = tree(join(root, 'usr/local'), 'usr/local', (path) => !path.includes('__pycache__'));
  const link: LayerEntry = { type: 'symlink', path: 'usr/local/bin/python3', target: `python${python}`, mode: 0o777, uid: 0, gid: 0 };
  const config = { ...OFFICIAL, Env: OFFICIAL.Env?.filter((pair) => !pair.startsWith('PYTHON_VERSION=')) ?? [] };
  // Of Debian's interpreter the libraries stay: they are what the compiled one is linked to.
  return debian({ store, suite, python, architecture: 'amd64', of: root }, config, (interpreter) => [
    ...interpreter.filter(({ path }) => !/^usr\/(local\/)?(bin|lib)\/(python|lib\/python)/.test(path)),
    ...compiled.filter(({ path }) => path !== link.path),
    link,
  ]);
}

/** As docker-library/python has them, without what only makes it faster. */
const OPTIONS = [
  '--prefix=/usr/local',
  '--enable-shared',
  '--enable-loadable-sqlite-extensions',
  '--without-ensurepip',
  '--disable-test-modules',
];

function compile(folder: string, python: string): void {
  const work = join(folder, 'work');
  const lists = join(work, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  mkdirSync(join(work, 'parts'));
  const sources = readFileSync('/etc/apt/sources.list.d/debian.sources', 'utf8').replaceAll(/^Types: deb$/gm, 'Types: deb-src');
  writeFileSync(join(work, 'parts/source.sources'), sources);
  const apt = [
    '-q',
    '-o',
    'Dir::Etc::sourcelist=/dev/null',
    '-o',
    `Dir::Etc::sourceparts=${join(work, 'parts')}`,
    '-o',
    `Dir::State::lists=${lists}`,
  ];
  run(work, 'apt-get', ...apt, 'update');
  run(work, 'apt-get', ...apt, 'source', '--download-only', '--tar-only', `python${python}`);
  run(work, 'tar', 'xf', readdirSync(work).find((name) => /\.orig\.tar\./.test(name)) ?? '');
  const source = join(work, readdirSync(work).find((name) => name.startsWith('Python-')) ?? '');
  run(source, './configure', '-q', ...OPTIONS);
  run(source, 'make', '-s', '-j2');
  // The official images link it anew so that it finds its library beside it.
  run(source, 'rm', 'python');
  run(source, 'make', '-s', "LDFLAGS=-Wl,-rpath='$$ORIGIN/../lib'", 'python');
  run(source, 'make', '-s', 'install', `DESTDIR=${folder}`);
  run(folder, 'rm', '-rf', work);
}

function run(cwd: string, program: string, ...args: string[]): void {
  const end = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (end.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${end.status}\n${(end.stdout + end.stderr).slice(-3000)}`);
}
