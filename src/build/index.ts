export { anew } from './anew.ts';
export { CREATED_BY } from './direct/created-by.ts';
export { directEngine } from './direct/index.ts';
export { dockerfileEngine, type DockerfileOptions } from './dockerfile/index.ts';
export { lackOfDebian, packageSources } from './direct/package-sources.ts';
export { resolveLock, type ResolvedLock } from './direct/resolve.ts';
export { formatLock, parseLock } from './lock.ts';
export { lockChanges, type LockChange } from './lock-changes.ts';
export type * from './types.ts';
