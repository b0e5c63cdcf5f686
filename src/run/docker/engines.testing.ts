import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunnerId } from '../types.ts';

/** Engines of a test's own: nothing of the machine's is read or left behind. */
export interface Engines {
  stop(): Promise<void>;
}

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** Why an engine cannot be started for tests here; undefined when it can. */
export function whyNoEngine(id: Exclude<RunnerId, 'embedded'>): string | undefined {
  if (id === 'podman') return has('podman') ? undefined : 'podman is not installed';
  if (process.getuid?.() !== 0) return 'only root may start Docker Engine';
  return has('dockerd') ? undefined : 'Docker Engine is not installed';
}

/** Starts Docker Engine, or gives Podman a storage of its own, and says so in this process's environment. */
export async function startEngine(id: Exclude<RunnerId, 'embedded'>): Promise<Engines> {
  return id === 'docker' ? startDocker() : ownPodman();
}

async function startDocker(): Promise<Engines> {
  const script = fileURLToPath(new URL('../../../scripts/docker.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = new Promise<undefined>((resolve) => child.once('close', () => resolve(undefined)));
  const line = await Promise.race([new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)), closed]);
  if (line === undefined) throw new Error('Docker Engine did not start');
  const restore = setEnvironment(JSON.parse(line) as Readonly<Record<string, string>>);
  return {
    async stop() {
      child.stdin.end();
      await closed;
      restore();
    },
  };
}

/** statfs(2): an overlay lies on no other overlay. */
const OVERLAYFS = 0x794c7630;

async function ownPodman(): Promise<Engines> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-podman-'));
  const isRoot = process.getuid?.() === 0;
  // vfs copies what lies below for each layer; an ordinary user has it anyway, where the kernel allows no overlay.
  const driver = !isRoot || statfsSync(folder).type === OVERLAYFS ? 'vfs' : 'overlay';
  const conf = join(folder, 'storage.conf');
  for (const name of ['run', 'runtime']) mkdirSync(join(folder, name), { mode: 0o700 });
  const graph = join(folder, 'graph');
  // containers-storage.conf(5): an ordinary user's storage has a key of its own.
  const where = isRoot ? `graphroot = "${graph}"\nrunroot = "${join(folder, 'run')}"` : `rootless_storage_path = "${graph}"`;
  writeFileSync(conf, `[storage]\ndriver = "${driver}"\n${where}\n`);
  // Below it is known which process holds an ordinary user's namespace.
  const runtime = isRoot ? {} : { XDG_RUNTIME_DIR: join(folder, 'runtime') };
  const restore = setEnvironment({ CONTAINERS_STORAGE_CONF: conf, ...runtime });
  return {
    async stop() {
      // Files of subordinate ids are another user's outside of their namespace; then the process that holds it is ended.
      if (!isRoot)
        for (const words of [
          ['unshare', 'rm', '-rf', graph],
          ['system', 'migrate'],
        ])
          spawnSync('podman', words);
      restore();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function setEnvironment(values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
}
