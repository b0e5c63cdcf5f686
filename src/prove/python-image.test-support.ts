import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openStore, type Store } from '../base/node.ts';
import {
  encodeHead,
  endOfTar,
  imageFromLayers,
  paddingOf,
  writeLayer,
  type BuiltLayer,
  type EntryHead,
  type Image,
  type ImageLayer,
  type ImageSettings,
  type LayerEntry,
} from '../image/index.ts';
import type { RuntimeContract } from '../plan/types.ts';

/** Test images: this machine's own Python (Debian's where it is there) as one layer, and what a test adds as another. */
export interface HostPython {
  readonly binary: string;
  readonly version: string;
  readonly library: string;
}

export const hostPython: HostPython | undefined = ['/usr/bin/python3', 'python3'].map(describe).find((it) => it !== undefined);

function describe(name: string): HostPython | undefined {
  try {
    const code =
      'import os, sys; print(os.path.realpath(sys.executable)); print("%d.%d" % sys.version_info[:2]); print(os.path.dirname(os.__file__))';
    const [binary, version, library] = execFileSync(name, ['-c', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .trim()
      .split('\n');
    return binary !== undefined && version !== undefined && library !== undefined ? { binary, version, library } : undefined;
  } catch {
    return undefined;
  }
}

export const file = (path: string, content: string | Uint8Array, mode = 0o644, uid = 0, gid = 0): LayerEntry => ({
  type: 'file',
  path,
  content: typeof content === 'string' ? Buffer.from(content) : content,
  mode,
  uid,
  gid,
});
export const link = (path: string, target: string): LayerEntry => ({ type: 'symlink', path, target, mode: 0o777, uid: 0, gid: 0 });
export const folder = (path: string, mode = 0o755, uid = 0, gid = 0): LayerEntry => ({ type: 'directory', path, mode, uid, gid });

/** All files below a folder of this machine, at `to` in the image. */
export function tree(from: string, to: string, keep: (path: string) => boolean = () => true): LayerEntry[] {
  return readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((path) => keep(path))
    .flatMap((path): LayerEntry[] => {
      const full = join(from, path);
      const status = statSync(full, { throwIfNoEntry: false });
      return status?.isFile()
        ? [
            {
              type: 'file',
              path: `${to}/${path}`,
              content: { file: realpathSync(full), sizeBytes: status.size },
              mode: status.mode & 0o100 ? 0o755 : 0o644,
              uid: 0,
              gid: 0,
            },
          ]
        : [];
    });
}

/** The interpreter with its libraries and its standard library, at the places where Debian has them. */
export function pythonEntries(python: HostPython): LayerEntry[] {
  const modules = tree(
    python.library,
    `usr/lib/python${python.version}`,
    (path) => !/(^|\/)(__pycache__|test|tests|idlelib|tkinter|lib2to3|ensurepip|site-packages|dist-packages|config-[^/]*)(\/|$)/.test(path),
  );
  const extensions = modules.flatMap((it) =>
    it.type === 'file' && it.path.endsWith('.so') && !(it.content instanceof Uint8Array) ? [it.content.file] : [],
  );
  const libraries = new Map<string, string>();
  for (const [, path] of execFileSync('ldd', [python.binary, ...extensions], { encoding: 'utf8', maxBuffer: 1 << 26 }).matchAll(
    /(?:=> |^\s+)(\/\S+) \(0x/gm,
  ))
    if (path !== undefined) libraries.set(path, realpathSync(path));
  // What wheels may expect of any image: the rest of glibc, and GCC's own libraries (PEP 600, "manylinux").
  const [libc] = [...libraries.keys()].filter((path) => path.endsWith('/libc.so.6'));
  for (const library of ['librt.so.1', 'libpthread.so.0', 'libdl.so.2', 'libutil.so.1', 'libm.so.6', 'libgcc_s.so.1', 'libstdc++.so.6']) {
    for (const folder of [dirname(libc ?? ''), dirname(libc ?? '').replace(/^\/lib/, '/usr/lib')])
      if (existsSync(join(folder, library)))
        libraries.set(`${folder.replace(/^\/usr/, '')}/${library}`, realpathSync(join(folder, library)));
  }
  const name = `python${python.version}`;
  return [
    {
      type: 'file',
      path: `usr/bin/${name}`,
      content: { file: python.binary, sizeBytes: statSync(python.binary).size },
      mode: 0o755,
      uid: 0,
      gid: 0,
    },
    link('usr/bin/python3', name),
    link('bin', 'usr/bin'),
    link('lib', 'usr/lib'),
    link('lib64', 'usr/lib64'),
    folder('tmp', 0o1777),
    file('etc/passwd', 'root:x:0:0:root:/root:/sbin/nologin\napp:x:10001:10001::/app:/sbin/nologin\n'),
    file('etc/group', 'root:x:0:\napp:x:10001:\n'),
    ...modules,
    ...[...libraries].map(([path, real]): LayerEntry =>
      file(path.slice(1).replace(/^lib(64)?\//, 'usr/lib$1/'), readFileSync(real), 0o755),
    ),
  ];
}

export const architectureHere = process.arch === 'arm64' ? 'arm64' : 'amd64';

export interface Bench {
  readonly store: Store;
  /** The interpreter's layer, made once. */
  python(): Promise<BuiltLayer>;
  layer(entries: readonly LayerEntry[]): Promise<BuiltLayer>;
  image(layers: readonly BuiltLayer[], config?: ImageSettings['config'], more?: Partial<ImageSettings>): Image;
  close(): Promise<void>;
}

/** A store of its own, gone at the end. */
export async function openBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'plimsoll-prove-'));
  const store = await openStore(root);
  const layer = (entries: readonly LayerEntry[]): Promise<BuiltLayer> => writeLayer(entries, { mtimeSeconds: 0, createdBy: 'test' }, store);
  let python: Promise<BuiltLayer> | undefined;
  return {
    store,
    layer,
    python: () => (python ??= layer(pythonEntries(hostPython!))),
    image: (layers, config = {}, more = {}) =>
      imageFromLayers({ architecture: architectureHere, os: 'linux', config, ...more }, layers, store),
    async close() {
      await store.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A contract that says nothing but what a test says. */
export const contractOf = (over: Partial<RuntimeContract>): RuntimeContract => ({
  entrypoint: [],
  command: [],
  workingDir: '/app',
  user: { uid: 10001, gid: 10001, name: 'app' },
  environment: [],
  ports: [],
  writablePaths: [{ path: '/tmp', kind: 'tmpfs', because: [{ from: 'config', name: 'writable' }] }],
  stop: { signal: 'SIGTERM', graceMs: 3_000 },
  readyWithinMs: 10_000,
  limits: {},
  labels: {},
  ...over,
});

/** What a layer of other engines may hold besides: extended attributes, device nodes. */
export type PlainEntry =
  | (LayerEntry & { readonly xattrs?: ReadonlyMap<string, Uint8Array> })
  | (EntryHead & { readonly type: 'character' | 'block' | 'fifo' });

/** A layer as an uncompressed tar that is made when it is read: for gates that only look at files. */
export function plainLayer(entries: readonly PlainEntry[], createdBy?: string): Pick<ImageLayer, 'tar' | 'createdBy'> {
  return {
    ...(createdBy === undefined ? {} : { createdBy }),
    async *tar() {
      for (const entry of entries) {
        const content =
          entry.type === 'file'
            ? entry.content instanceof Uint8Array
              ? entry.content
              : readFileSync(entry.content.file)
            : new Uint8Array();
        const { path, type, mode, uid, gid } = entry;
        yield encodeHead({
          path,
          type,
          mode,
          uid,
          gid,
          sizeBytes: content.length,
          mtimeSeconds: 0,
          ...('target' in entry ? { target: entry.target } : {}),
          ...('xattrs' in entry && entry.xattrs ? { xattrs: entry.xattrs } : {}),
        });
        yield content;
        yield new Uint8Array(paddingOf(content.length));
      }
      yield endOfTar();
    },
  };
}

/** An image of plain layers: it has a config and files, and no digests that hold. */
export function plainImage(layers: readonly Pick<ImageLayer, 'tar' | 'createdBy'>[], config: ImageSettings['config'] = {}): Image {
  const digest = `sha256:${'0'.repeat(64)}` as const;
  const descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: 0 };
  const all = layers.map((layer) => ({ ...layer, descriptor, diffId: digest }));
  return {
    manifest: async () => new Uint8Array(),
    blob: () => {
      throw new Error('a plain image has no blobs');
    },
    attestations: [],
    attached: async () => [],
    digest: async () => digest,
    parsedManifest: async () => ({ schemaVersion: 2, config: descriptor, layers: [] }),
    config: async () => ({
      architecture: architectureHere,
      os: 'linux',
      ...(config ? { config } : {}),
      rootfs: { type: 'layers', diff_ids: [] },
    }),
    layers: async () => all,
  };
}
