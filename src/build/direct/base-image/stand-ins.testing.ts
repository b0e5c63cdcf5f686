import { silent } from '../../../base/index.ts';
import { keyOf, type Store } from '../../../base/node.ts';
import { imageFromLayers, writeLayer, type BuiltLayer, type Image, type ImageSettings, type LayerEntry } from '../../../image/index.ts';
import { assembleBase, assembleInterpreter, resolveDebian } from '../debian/index.ts';

type Config = NonNullable<ImageSettings['config']>;

/** An image of Debian's packages, in two layers: what is below, and the interpreter. Its layers are made once; `of` names what `change` takes from elsewhere. */
export async function debian(
  {
    store,
    suite,
    python,
    architecture,
    of,
  }: { store: Store; suite: 'bookworm' | 'trixie'; python: string; architecture: string; of?: string },
  config: Config,
  change: (interpreter: readonly LayerEntry[]) => readonly LayerEntry[] = (same) => same,
): Promise<Image> {
  const job = { store, progress: silent };
  const { packages } = await resolveDebian({ suite, architecture, python, packages: [], lock: undefined, locked: false }, job);
  const assembly = { packages, python, user: { uid: 65_532, gid: 65_532, name: 'nonroot' } };
  const key = keyOf({ version: 1, packages: packages.map(({ sha256 }) => sha256), change: change.toString(), of });
  const built = await store.once('stand-ins', key, async () => {
    const value = await written([await assembleBase(assembly, job), change(await assembleInterpreter(assembly, job))], store);
    return { value, blobs: value.map(({ descriptor }) => descriptor.digest) };
  });
  return image(built, config, store, architecture);
}

const written = (layers: readonly (readonly LayerEntry[])[], store: Store): Promise<BuiltLayer[]> =>
  Promise.all(layers.map((entries, i) => writeLayer(entries, { mtimeSeconds: 0, createdBy: `stand-in, layer ${i + 1}` }, store)));

const image = (layers: readonly BuiltLayer[], config: Config, store: Store, architecture: string): Image =>
  imageFromLayers({ os: 'linux', architecture, created: '2020-01-01T00:00:00Z', config }, layers, store);

export const imageOf = async (
  layers: readonly (readonly LayerEntry[])[],
  config: Config,
  store: Store,
  architecture = 'amd64',
): Promise<Image> => image(await written(layers, store), config, store, architecture);

/** As distroless images are: Debian's Python in /usr, no shell, a user and an entrypoint of its own. */
export async function likeDistroless(store: Store, architecture = 'amd64'): Promise<Image> {
  const config = {
    User: '65532',
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'],
    Entrypoint: ['/usr/bin/python3.11'],
    WorkingDir: '/home/nonroot',
  };
  return debian({ store, suite: 'bookworm', python: '3.11', architecture }, config);
}

/** Variables as the official `python` images set them. */
export const OFFICIAL: Config = {
  Env: [
    'PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'LANG=C.UTF-8',
    'GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305',
    'PYTHON_VERSION=3.13.5',
  ],
  Cmd: ['python3'],
  Labels: { 'example.base': 'kept' },
};

/**
 * As the official `python` images are: Python below /usr/local. It is Debian's, which finds its library by where it lies
 * (Modules/getpath.py); its `site`, frozen in it, looks for packages in `dist-packages`, so a .pth file there names the
 * folder of those that are compiled for /usr/local.
 */
export const likeOfficial = (store: Store, architecture = 'amd64'): Promise<Image> =>
  debian({ store, suite: 'trixie', python: '3.13', architecture }, OFFICIAL, (interpreter) => {
    const [from, to] = ['usr/local/lib/python3.13/dist-packages', '/usr/local/lib/python3.13/site-packages'];
    return [...interpreter.map(toLocal).filter(({ path }) => path !== from), file(`${from}/site.pth`, `${to}\n`)];
  });

export const file = (path: string, text: string): LayerEntry => ({
  type: 'file',
  path,
  mode: 0o644,
  uid: 0,
  gid: 0,
  content: Buffer.from(text),
});

const MOVED = /^usr\/(bin|lib)\/python3/;

function toLocal(entry: LayerEntry): LayerEntry {
  const path = entry.path.replace(MOVED, 'usr/local/$1/python3').replace(/^usr\/bin\/python$/, 'usr/local/bin/python');
  if (entry.type === 'hardlink') return { ...entry, path, target: entry.target.replace(MOVED, 'usr/local/$1/python3') };
  return { ...entry, path };
}

/** As much of an ELF file for x86-64 as says which loader it asks for (System V gABI, PT_INTERP). */
export function elfProgram(loader: string): Uint8Array {
  const bytes = Buffer.alloc(64 + 56 + loader.length + 1);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(62, 18); // e_machine
  bytes.writeBigUInt64LE(64n, 32); // e_phoff
  bytes.writeUInt16LE(56, 54); // e_phentsize
  bytes.writeUInt16LE(1, 56); // e_phnum
  bytes.writeUInt32LE(3, 64); // PT_INTERP
  bytes.writeBigUInt64LE(120n, 64 + 8);
  bytes.writeBigUInt64LE(BigInt(loader.length + 1), 64 + 32);
  bytes.write(loader, 120);
  return bytes;
}
