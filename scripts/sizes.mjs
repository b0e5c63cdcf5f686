// How long files and functions are, against what docs/design.md asks for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|sabotage)\.ts$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: path.slice(root.length), lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
  .sort((a, b) => a.lines - b.lines);
const at = (share) => files[Math.min(files.length - 1, Math.floor(files.length * share))]?.lines;
console.log(`${files.length} files: median ${at(0.5)} lines, p90 ${at(0.9)}, longest:`);
for (const file of files.slice(-8).reverse()) console.log(`${String(file.lines).padStart(5)} ${file.path}`);
