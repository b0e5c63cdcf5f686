// Builders of Dockerfiles on this machine alone: a registry on the loopback with stand-ins for the bases that the examples
// name, BuildKit from its Go module, podman's settings, and Docker Engine where it is installed. `node scripts/engines.mjs
// COMMAND …` runs a command with their addresses in its environment; without one they run until standard input ends, and
// the environment is printed as one line of JSON.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startBuildkit } from './engines/buildkitd.mjs';
import { removeFolder } from './engines/daemon.mjs';
import { hasDockerd, startDockerd } from './engines/dockerd.mjs';
import { podmanEnv } from './engines/podman.mjs';
import { pushFrontend, pushStandIns, startRegistry } from './engines/registry.mjs';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-engines-'));
const running = [];
const started = async (starting) => {
  const daemon = await starting;
  running.push(daemon);
  return daemon;
};
let code = 0;
try {
  const registry = await started(startRegistry(join(folder, 'registry')));
  pushFrontend(registry, join(folder, 'images'));
  pushStandIns(registry);
  const builders = [await started(startBuildkit(join(folder, 'buildkit'), registry))];
  if (hasDockerd()) builders.push(await started(startDockerd(join(folder, 'docker'), registry)));
  const env = {
    ...Object.assign({}, ...builders.map((each) => each.env)),
    ...podmanEnv(join(folder, 'podman'), registry),
    PLIMSOLL_REGISTRY: registry.address,
    PATH: [...builders.map(({ programs }) => programs), process.env.PATH].join(delimiter),
  };
  code = await use(env, process.argv.slice(2));
} catch (error) {
  console.error(`error: ${error.message}`);
  console.error('hint: it takes root, Go, and Debian’s runc, mmdebstrap, docker-registry and skopeo');
  code = 3;
} finally {
  for (const each of running.toReversed()) await each.stop();
  removeFolder(folder);
}
process.exitCode = code;

/** Lets a command, or whoever holds our standard input, build; the exit code. */
function use(env, [command, ...args]) {
  const done = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve(130));
    if (command === undefined) {
      console.log(JSON.stringify(env));
      process.stdin.resume().once('end', () => resolve(0));
    } else {
      const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
      child.once('error', (error) => {
        console.error(`error: ${error.message}`);
        resolve(3);
      });
      child.once('close', (status) => resolve(status ?? 1));
    }
  });
  return done.finally(() => process.stdin.pause());
}
