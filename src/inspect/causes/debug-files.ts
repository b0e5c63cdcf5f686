import { cause } from './cause.ts';

export const debugFiles = cause({
  id: 'debug-files',
  title: 'files for debuggers',
  why: 'Debug information in files of its own, and source maps: only a debugger reads them.',
  source: 'GDB manual, "Debugging Information in Separate Files"; ECMA-426, "Source map"',
  fix: 'leave them out where they are made (`--no-sourcemap`), or name them in .dockerignore',
  matches: ({ path }) => /^usr\/lib\/debug\/|\.(?:debug|pdb|dwo|dwp)$|\.(?:js|mjs|cjs|css|ts)\.map$/.test(path),
});
