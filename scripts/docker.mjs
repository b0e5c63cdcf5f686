// Docker Engine alone, with all of its state in a temporary folder, until standard input ends; its addresses as one line
// of JSON. Images come from nowhere: they are loaded.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from './engines/daemon.mjs';
import { startDockerd } from './engines/dockerd.mjs';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-docker-'));
const ended = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  process.stdin.resume().once('end', resolve);
});
try {
  // Nothing listens at port 1 (tcpmux): no mirror.
  const { stop, env } = await startDockerd(join(folder, 'docker'), { address: '127.0.0.1:1' });
  console.log(JSON.stringify(env));
  await ended;
  await stop();
} finally {
  removeFolder(folder);
}
