// Ships the example as a user would: reads it, decides, builds, runs it locked down, measures, reports.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const [folder = 'examples/weather-tracker', ...rest] = process.argv.slice(2);
console.error(`$ plimsoll ship ${[folder, ...rest].join(' ')}\n`);
const end = spawnSync(process.execPath, [join(root, 'dist/plimsoll.js'), 'ship', folder, ...rest], { cwd: root, stdio: 'inherit' });
process.exit(end.status ?? 1);
