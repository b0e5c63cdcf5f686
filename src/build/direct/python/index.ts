export { debianPlace, dependencyEntries, type InstallPlace } from './dependency-tree.ts';
export { launcherOf, type HostPython } from './host-python.ts';
export { installWheels } from './install.ts';
export { resolvePython, type Resolved, type Tools } from './resolve.ts';
export { findUv, hostPip, uvEnvironment, type Pip } from './uv.ts';
export { pathOf } from './record.ts';
