// Every reader of this folder; a test compares this list with the folder.
export { companions } from './companions.ts';
export { environment } from './environment.ts';
export { forks } from './forks.ts';
export { imports } from './imports.ts';
export { libraries } from './libraries.ts';
export { port } from './port.ts';
export { programs } from './programs.ts';
export { sigterm } from './sigterm.ts';
export { staticFiles } from './static-files.ts';
export { writes } from './writes.ts';
