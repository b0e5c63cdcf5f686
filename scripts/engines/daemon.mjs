// Daemons of our own: on free ports and sockets, in a folder of their own, ended by their process id.
import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds that a daemon has until it answers; a busy machine took 40 s. */
const READY_MS = 120_000;

/** A TCP port of the loopback that nothing listens on. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a program and waits until `isReady` answers true. Throws with its last words when it ends before. */
export async function startDaemon(argv, log, isReady, env = {}) {
  const file = openSync(log, 'a');
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', file, file], env: { ...process.env, ...env } });
  let ended;
  const closed = new Promise((resolve) => {
    child.once('error', (error) => resolve((ended = error.message)));
    child.once('close', (code, signal) => resolve((ended = `exit ${code ?? signal}`)));
  });
  const stop = async () => {
    if (ended !== undefined) return;
    child.kill('SIGTERM');
    await Promise.race([closed, wait(20_000)]);
    if (ended === undefined) child.kill('SIGKILL');
    await closed;
  };
  const until = Date.now() + READY_MS;
  while (!(await isReady())) {
    const late = Date.now() > until;
    if (ended === undefined && !late) {
      await wait(200);
      continue;
    }
    await stop();
    throw new Error(`${argv[0]}: ${late ? 'not ready in time' : ended}\n${readFileSync(log, 'utf8').slice(-2000)}`);
  }
  return { stop };
}

/** Removes a folder of daemons that have ended. A builder that is stopped in the middle of a RUN leaves its mounts. */
export function removeFolder(folder) {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.toReversed()) spawnSync('umount', ['--lazy', path]);
  rmSync(folder, { recursive: true, force: true });
}
