// Everything a fresh clone needs before it can run: packages as locked, and the bundle. Quick when nothing changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: Node ${process.versions.node} is too old\nhint: install Node 20.19 or newer`);
  process.exit(3);
}

const digest = (paths) => {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
};

const stampIs = (file, value) => existsSync(join(root, file)) && readFileSync(join(root, file), 'utf8') === value;

function run(says, command, args) {
  console.error(says);
  const end = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  if (end.status === 0) return;
  console.error(`error: \`${command} ${args.join(' ')}\` failed\nhint: run it by hand in ${root} to see all it says`);
  process.exit(3);
}

export function setUp() {
  const packages = digest(['package.json', 'package-lock.json']);
  if (!stampIs('node_modules/.plimsoll-stamp', packages)) {
    run('setting up: npm packages, as package-lock.json names them …', 'npm', [
      'ci',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
    writeFileSync(join(root, 'node_modules/.plimsoll-stamp'), packages);
  }
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|sabotage)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .toSorted();
  const built = digest(['package-lock.json', 'rolldown.config.mjs', 'tsconfig.json', 'tsconfig.types.json', ...sources]);
  if (!stampIs('dist/.stamp', built)) {
    run('setting up: bundling …', 'npm', ['run', '--silent', 'build']);
    writeFileSync(join(root, 'dist/.stamp'), built);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
