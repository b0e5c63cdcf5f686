// Writes package-lock.json anew from package.json, with every platform's optional bindings and no registry's address.
// npm's own `omit-lockfile-registry-resolved` leaves the versions of other platforms' bindings out, and `npm ci` refuses that.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-lock-'));
try {
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  const args = ['install', '--package-lock-only', '--no-omit-lockfile-registry-resolved', '--ignore-scripts', '--no-audit', '--no-fund'];
  const end = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  if (end.status !== 0) process.exit(3);
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  for (const entry of Object.values(lock.packages)) delete entry.resolved;
  writeFileSync(join(root, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
