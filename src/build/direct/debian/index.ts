// Debian packages to layers: find the archive, verify it, resolve, fetch, unpack, trim.
export { assembleBase, assembleInterpreter, baseKey, interpreterKey, type Assembly } from './assemble.ts';
export { hostArchitecture, pythonForHost, type DebianPython } from './host-python.ts';
export { BELOW, type ImageUser } from './made.ts';
export { resolveDebian, type DebianJob, type DebianRequest, type DebianResolution } from './resolve.ts';
export { securityUpdates, type SecurityUpdates } from './security.ts';
export { findMirrors, namesDebian, type MirrorOptions, type Mirrors } from './sources.ts';
export { absentModules } from './trim.ts';
