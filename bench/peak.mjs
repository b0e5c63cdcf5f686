// Peak memory of a Node process: its own word, at its end.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a program of Node to its end; `folder` is for what is written down. Throws what it said when it says nothing, or ends otherwise than with 0 to 2 (what was judged is not; a file cannot be read). */
export function runWithPeak(words, folder, env = process.env) {
  const [preload, peak] = [join(folder, 'peak.cjs'), join(folder, 'peak')];
  writeFileSync(
    preload,
    `if (require('node:worker_threads').isMainThread) process.on('exit', () => require('node:fs').writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));`,
  );
  const began = performance.now();
  const end = spawnSync(process.execPath, ['--require', preload, ...words], {
    encoding: 'utf8',
    env: { ...env, PEAK_FILE: peak },
    maxBuffer: 1 << 30,
  });
  if (end.status === null || end.status > 2 || end.stdout === '') throw new Error(end.stderr || String(end.error));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  return { seconds, megabytes: Math.round(Number(readFileSync(peak, 'utf8')) / 1024), stdout: end.stdout };
}
