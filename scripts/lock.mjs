// Writes package-lock.json anew from package.json, with no registry's address in it.
// Refuses when a platform's optional binding cannot be had: `npm ci` would refuse such a lock, with words that help nobody.
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
  const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, version]) => {
        const locked = lock.packages[`${path}/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`];
        // Bindings are named by exact versions; a range is npm's to judge.
        return !locked || (/^\d/.test(version) && locked.version !== version);
      })
      .map(([name, version]) => `${path}: ${name} ${version}`),
  );
  if (missing.length > 0) {
    console.error(
      `error: not in the registry, so left out by npm:\n  ${missing.join('\n  ')}\nhint: choose a version whose bindings are all there`,
    );
    process.exit(3);
  }
  for (const entry of Object.values(lock.packages)) delete entry.resolved;
  writeFileSync(join(root, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
