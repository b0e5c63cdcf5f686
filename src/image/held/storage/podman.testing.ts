import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../../base/node.ts';
import type { Asker } from './where.ts';

/** Podman with a storage of a test's own. */
export interface OwnPodman {
  readonly graph: string;
  readonly env: NodeJS.ProcessEnv;
  readonly asker: Asker;
  /** Runs it; throws what it said. */
  podman(...args: readonly string[]): string;
}

/** `user`: id of an ordinary user whose Podman it is; needs root. */
export function ownPodman(folder: string, driver: 'overlay' | 'vfs', user?: number): OwnPodman {
  const [graph, conf] = [join(folder, 'graph'), join(folder, 'storage.conf')];
  for (const name of ['run', 'home', 'xdg']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  const isRoot = user === undefined && process.geteuid?.() === 0;
  const root = `${isRoot ? 'graphroot' : 'rootless_storage_path'} = "${graph}"\n${isRoot ? `runroot = "${folder}/run"\n` : ''}`;
  writeFileSync(conf, `[storage]\ndriver = "${driver}"\n${root}`);
  if (user !== undefined) execFileSync('chown', ['-R', `${user}:${user}`, folder]);
  const env = { ...process.env, CONTAINERS_STORAGE_CONF: conf, HOME: join(folder, 'home'), XDG_RUNTIME_DIR: join(folder, 'xdg') };
  return {
    graph,
    env,
    asker: { env, uid: user ?? process.geteuid?.() ?? -1, home: env.HOME, systemFiles: [] },
    podman(...args) {
      const end = spawnSync('podman', args, { cwd: '/', encoding: 'utf8', env, ...(user === undefined ? {} : { uid: user, gid: user }) });
      if (end.status !== 0) throw new Error(`podman ${args.join(' ')}: ${end.error?.message ?? end.stderr}`);
      return end.stdout.trim();
    },
  };
}

/** Ends what an ordinary user's Podman leaves behind: a process that holds its namespace. */
export function removeOwn({ podman }: OwnPodman): void {
  podman('rmi', '--all', '--force');
  podman('system', 'migrate');
}

const deep = `usr/share/${'d'.repeat(90)}/${'e'.repeat(90)}`;

/** Layers by GNU tar: names of all lengths and bytes, links, modes, owners, whiteouts; pax and GNU headers. */
const LAYERS: readonly ((folder: string) => readonly string[])[] = [
  (folder) => {
    put(folder, 'etc/os-release', 'ID=debian\n');
    put(folder, 'var/lib/dpkg/status', 'Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n');
    put(folder, 'var/lib/dpkg/info/base.list', '/usr/bin/tool\n');
    put(folder, 'usr/bin/tool', 'x'.repeat(70_000));
    put(folder, 'usr/lib/a', 'a'.repeat(5000));
    put(folder, 'usr/lib/gone', 'g'.repeat(3000));
    put(folder, `${deep}/f`, 'deep');
    put(folder, 'usr/share/old/one', 'one');
    put(folder, 'empty', '');
    chmodSync(join(folder, 'usr/bin/tool'), 0o4755);
    linkSync(join(folder, 'usr/bin/tool'), join(folder, 'usr/bin/twin'));
    symlinkSync('usr/lib', join(folder, 'lib'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/usr/`), Buffer.from([0xff, 0xfe])]), 'not UTF-8');
    return ['--format=pax', '--pax-option=delete=atime,delete=ctime'];
  },
  (folder) => {
    put(folder, 'usr/lib/.wh.gone', '');
    put(folder, 'usr/share/old/.wh..wh..opq', '');
    put(folder, 'usr/share/old/two', 'two');
    put(folder, 'usr/lib/b', 'a'.repeat(5000));
    put(folder, `${deep}/g`, 'deeper');
    return ['--format=gnu'];
  },
];

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Writes a Docker archive named `held:1` with those layers; with `hidden` another, of a file that another user alone may read. */
export function writeArchive(folder: string, { hidden = false } = {}): string {
  const parts = join(folder, 'parts');
  mkdirSync(parts, { recursive: true });
  const layers = LAYERS.map((make, i) => {
    const content = join(folder, `layer-${i}`);
    mkdirSync(content);
    return tarOf(join(parts, `${i}.tar`), content, make(content));
  });
  if (hidden) {
    put(join(folder, 'hidden'), 'srv/key', 'k'.repeat(2000));
    chmodSync(join(folder, 'hidden/srv/key'), 0o600);
    layers.push(tarOf(join(parts, 'hidden.tar'), join(folder, 'hidden'), ['--owner=10001', '--group=10001']));
  }
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: ['/usr/bin/tool'], Healthcheck: { Test: ['CMD', '/check'] } },
    rootfs: { type: 'layers', diff_ids: layers.map(({ bytes }) => sha256(bytes)) },
    history: layers.map((_, i) => ({ created_by: `COPY ${i} /` })),
  };
  writeFileSync(join(parts, 'config.json'), JSON.stringify(config));
  const image = { Config: 'config.json', RepoTags: ['localhost/held:1'], Layers: layers.map(({ name }) => name) };
  writeFileSync(join(parts, 'manifest.json'), JSON.stringify([image]));
  const archive = join(folder, 'image.tar');
  execFileSync('tar', ['-cf', archive, '-C', parts, 'manifest.json', 'config.json', ...image.Layers]);
  chmodSync(archive, 0o644);
  return archive;
}

function tarOf(file: string, content: string, options: readonly string[]): { readonly name: string; readonly bytes: Buffer } {
  execFileSync('tar', ['--numeric-owner', '--sort=name', '--owner=0', '--group=0', ...options, '-cf', file, '-C', content, '.']);
  return { name: file.slice(file.lastIndexOf('/') + 1), bytes: readFileSync(file) };
}
