// Builders of Dockerfiles on this machine alone: a registry on the loopback with stand-ins for the bases that the examples
// name, and BuildKit from its Go module. `node scripts/engines.mjs COMMAND …` runs a command with their addresses in its
// environment; without one they run until standard input ends, and the environment is printed as one line of JSON.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBuildkit } from './engines/buildkitd.mjs';
import { podmanEnv } from './engines/podman.mjs';
import { pushFrontend, pushStandIns, startRegistry } from './engines/registry.mjs';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-engines-'));
const running = [];
let code = 0;
try {
  const registry = await startRegistry(join(folder, 'registry'));
  running.push(registry);
  pushFrontend(registry, join(folder, 'images'));
  pushStandIns(registry);
  const buildkit = await startBuildkit(join(folder, 'buildkit'), registry);
  running.push(buildkit);
  const env = { ...buildkit.env, ...podmanEnv(join(folder, 'podman'), registry), PLIMSOLL_REGISTRY: registry.address };
  code = await use(env, process.argv.slice(2));
} catch (error) {
  console.error(`error: ${error.message}`);
  console.error('hint: it takes root, Go, and Debian’s runc, mmdebstrap, docker-registry and skopeo');
  code = 3;
} finally {
  for (const each of running.toReversed()) await each.stop();
  rmSync(folder, { recursive: true, force: true });
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
