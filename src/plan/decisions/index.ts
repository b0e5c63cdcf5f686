// In the order in which they are made: a decision sees those above it.
export { entry } from './entry.ts';
export { base } from './base.ts';
export { interpreter } from './interpreter.ts';
export { installer } from './installer.ts';
export { server } from './server.ts';
export { workers } from './workers.ts';
export { port } from './port.ts';
export { pid1 } from './pid1.ts';
export { user } from './user.ts';
export { healthCheck } from './health-check.ts';
export { writablePaths } from './writable-paths.ts';
export { environment } from './environment.ts';
export { bytecode } from './bytecode.ts';
export { debugSections } from './debug-sections.ts';
export { layers } from './layers.ts';
export { ignoredFiles } from './ignored-files.ts';
