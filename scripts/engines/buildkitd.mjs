// BuildKit, which asks our registry in place of those that its Dockerfiles name.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startDaemon } from './daemon.mjs';
import { buildGo } from './go.mjs';

/** Registries whose names stand in the examples' Dockerfiles. */
const MIRRORED = ['docker.io', 'public.ecr.aws'];

/** Starts buildkitd with its state in `folder`. Needs root and runc. */
export async function startBuildkit(folder, registry) {
  mkdirSync(folder, { recursive: true });
  const [buildkitd, buildctl] = ['buildkitd', 'buildctl'].map((name) => buildGo(`github.com/moby/buildkit/cmd/${name}`));
  const config = join(folder, 'buildkitd.toml');
  const address = `unix://${join(folder, 'buildkitd.sock')}`;
  writeFileSync(
    config,
    [
      '[worker.containerd]\nenabled = false',
      ...MIRRORED.map((name) => `[registry."${name}"]\nmirrors = ["${registry.address}"]`),
      `[registry."${registry.address}"]\nhttp = true\n`,
    ].join('\n'),
  );
  const isReady = () => spawnSync(buildctl, ['--addr', address, 'debug', 'workers']).status === 0;
  const argv = [buildkitd, '--config', config, '--root', join(folder, 'root'), '--addr', address];
  const { stop } = await startDaemon(argv, join(folder, 'log'), isReady);
  return { stop, env: { BUILDKIT_HOST: address }, programs: dirname(buildctl) };
}
