export { debianPlace, dependencyEntries, type InstallPlace } from './dependency-tree.ts';
export { launcherOf, type HostPython } from './host-python.ts';
export { installWheels } from './install.ts';
export { resolvePython, type Resolved, type Tools } from './resolve.ts';
export { declaredIndexes, indexesIn, type Declared } from './indexes/declared.ts';
export type { LocalNeeds } from './local.ts';
export { uvError } from './uv-error.ts';
export { findUv, hostPip, installEnvironment, uvEnvironment, type Pip } from './uv.ts';
export { pathOf } from './record.ts';
