import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { EnvironmentError } from '../../../base/index.ts';
import { keyOf, runProcess, type Store } from '../../../base/node.ts';
import { flatten, imageFromLayers, type ImageTree } from '../../../image/index.ts';
import type { HostPython } from '../python/index.ts';
import type { BaseFacts } from './facts.ts';
import type { BasePython } from './pythons.ts';

const wayOut = 'pass `--no-bytecode`: the image is smaller and starts more slowly';

/**
 * A base's interpreter, unpacked once into the store and run through its own loader with its own libraries, so that the
 * host's C library does not matter. Its children do not inherit the loader.
 * Throws EnvironmentError where it does not run.
 */
export async function pythonOfBase(facts: BaseFacts, python: BasePython, store: Store): Promise<HostPython> {
  const { loader, binary } = python;
  if (process.platform !== 'linux' || loader === undefined) throw cannotRun(python, `this machine is ${process.platform}`);
  const root = await store.folder('base-python', keyOf({ digest: facts.digest, binary }), async (folder) => {
    const image = imageFromLayers(facts.config, facts.layers, store);
    await unpack(await flatten(await image.layers()), python, folder);
  });
  const argv: HostPython['argv'] = [
    join(root, loader),
    ...(python.libc?.kind === 'musl' ? [] : ['--inhibit-cache']),
    '--library-path',
    librariesFor(python)
      .map((folder) => join(root, folder))
      .join(':'),
    join(root, binary),
  ];
  const code = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const end = await runProcess({ argv: [...argv, '-I', '-S', '-c', code], timeoutMs: 60_000 }).catch(() => undefined);
  if (end?.stdout.trim() !== python.minor)
    throw cannotRun(python, end?.stderr.trim().split('\n').at(-1) ?? 'its loader cannot be executed');
  return { argv, version: python.version };
}

const cannotRun = (python: BasePython, why: string): EnvironmentError =>
  new EnvironmentError(
    `the base's Python ${python.version} does not run on this machine, and only it may make byte code: ${why}`,
    wayOut,
    'permanent',
  );

const TRIPLETS = ['x86_64-linux-gnu', 'aarch64-linux-gnu'];

/** Where ld.so(8) looks, and where multiarch and musl have their libraries. */
const LIBRARY_FOLDERS = [
  'usr/local/lib',
  'lib',
  'lib64',
  'usr/lib',
  'usr/lib64',
  ...TRIPLETS.flatMap((it) => [`lib/${it}`, `usr/lib/${it}`]),
];

/** The folders of libraries beside an interpreter, and those of the system. */
const librariesFor = ({ binary, loader = '' }: BasePython): string[] => [
  ...new Set([...LIBRARY_FOLDERS, dirname(loader), `${dirname(dirname(binary))}/lib`]),
];

/** The interpreter, its standard library, and the libraries; links lead where they lead in the image. */
async function unpack(tree: ImageTree, python: BasePython, root: string): Promise<void> {
  const folders = new Set(librariesFor(python));
  const isWanted = (path: string, isLink: boolean): boolean =>
    path === python.binary ||
    path === python.loader ||
    (path.startsWith(`${python.standard}/`) && !/\/(site-packages|dist-packages|__pycache__)\//.test(path)) ||
    (folders.has(dirname(path)) && /\.so(\.|$)/.test(path)) ||
    (isLink && /^(usr\/)?(lib|lib64|bin)$/.test(path)); // of a merged /usr
  const made = new Set<string>();
  for (const [path, { record, content }] of tree.entries) {
    const isLink = record.type === 'symlink';
    if (!isWanted(path, isLink)) continue;
    const at = join(root, path);
    if (!made.has(dirname(at))) await mkdir(dirname(at), { recursive: true });
    made.add(dirname(at));
    if (isLink) await symlink(linkInside(path, record.target), at);
    else if (content) await writeFile(at, await tree.read(path), { mode: 0o644 | (record.mode & 0o111) });
  }
}

/** Where a link leads with the image as root, however many `..` it has. */
const linkInside = (path: string, target: string): string => {
  const folder = dirname(`/${path}`);
  return relative(folder, target.startsWith('/') ? join('/', target) : join(folder, target)) || '.';
};
