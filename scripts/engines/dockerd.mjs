// Docker Engine with all of its state in one folder, which asks our registry in place of Docker Hub.
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startDaemon } from './daemon.mjs';

/** Whether Docker Engine is installed here. */
export const hasDockerd = () => spawnSync('dockerd', ['--version']).status === 0;

/**
 * Starts dockerd, and a containerd of its own, in `folder`. Needs root. It makes no bridge and changes no firewall: RUN
 * reaches the network with `--network host` alone.
 */
export async function startDockerd(folder, registry) {
  const settings = join(folder, 'daemon.json');
  const [client, programs] = ['client', 'bin'].map((name) => join(folder, name));
  for (const each of [client, programs]) mkdirSync(each, { recursive: true });
  writeFileSync(settings, JSON.stringify({ 'registry-mirrors': [`http://${registry.address}`] }));
  const address = `unix://${join(folder, 'docker.sock')}`;
  // The client's settings too are its own: its plugins and contexts lie there.
  const env = { DOCKER_HOST: address, DOCKER_CONFIG: client };
  const docker = clientThatBuilds(env);
  symlinkSync(docker, join(programs, 'docker'));
  const argv = [
    'dockerd',
    `--config-file=${settings}`,
    `--host=${address}`,
    `--pidfile=${join(folder, 'pid')}`,
    `--data-root=${join(folder, 'data')}`,
    `--exec-root=${join(folder, 'exec')}`,
    '--bridge=none',
    '--iptables=false',
    '--ip-forward=false',
  ];
  const isReady = () => spawnSync(docker, ['version'], { env: { ...process.env, ...env } }).status === 0;
  const { stop } = await startDaemon(argv, join(folder, 'log'), isReady);
  return { stop, env, programs };
}

/** The first client on the path that builds with BuildKit: from Docker 23 on that takes the plugin buildx. */
function clientThatBuilds(env) {
  const builds = (client) => spawnSync(client, ['build', '--help'], { env: { ...process.env, ...env, DOCKER_BUILDKIT: '1' } }).status === 0;
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .map((each) => join(each, 'docker'))
    .find(builds);
  if (found === undefined) throw new Error('no Docker client here builds with BuildKit: the plugin buildx is missing');
  return found;
}
