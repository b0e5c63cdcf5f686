import { rule } from '../types.ts';
import { afterInstall, unpinned } from './parts/packages.ts';
import { isCall, operands, withoutValuesOf, type Argument, type Command } from '../shell/index.ts';

export const npmPinVersions = rule({
  id: 'npm-pin-versions',
  aliases: ['DL3016'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`npm install NAME` names a version.',
  why: 'The same Dockerfile installs another package tomorrow.',
  source: 'hadolint, "DL3016"',
  examples: [
    { text: 'FROM node:22\nRUN npm install «express»\n' },
    { text: 'FROM node:22\nRUN npm install && npm install express@5.0.0 @types/node@22 ./local\n' },
  ],
  detect: ({ reading }) =>
    unpinned(reading, (command) => (isCall(command, 'npm', 'install') ? packages(command) : []), isPinned, 'write `NAME@VERSION`'),
});

function packages(command: Command): readonly Argument[] {
  const args = operands(withoutValuesOf(command, 'loglevel', 'registry'));
  return args[0]?.text === 'install' ? afterInstall(args) : [];
}

function isPinned(name: string): boolean {
  if (/^git(?:\+ssh|\+https?)?:\/\//.test(name)) return name.includes('#');
  if (/\.tar$|\.tar\.gz$|\.tgz$/.test(name) || /^(?:\/|\.\.?\/|~\/)/.test(name)) return true;
  // hadolint takes a scope to end at the first character that sorts before letters: at `/`, but at `-` and `.` too.
  return (name.startsWith('@') ? name.replace(/^[^!-/\0-\u0020]+/, '') : name).includes('@');
}
