export { debianPlace, dependencyEntries, type InstallPlace } from './dependency-tree.ts';
export { launcherOf, type HostPython } from './host-python.ts';
export { installWheels } from './install.ts';
export { resolvePython, type Resolved, type Tools } from './resolve.ts';
export { declaredIndexes } from './indexes/declared.ts';
export type { LocalNeeds } from './local.ts';
export { findUv, hostPip, lastLine, uvEnvironment, type Pip } from './uv.ts';
export { pathOf } from './record.ts';
