export { isForDevelopment } from './python/installs/find.ts';
export { lockDisagreements, type LockDisagreement } from './python/lock-disagreements.ts';
export { readService, type ReadOptions } from './read-service.ts';
export type {
  Application,
  Companion,
  DependencySets,
  DependencySource,
  EnvironmentRead,
  ExampleValue,
  Framework,
  ImportRead,
  PortRead,
  Problem,
  PythonFacts,
  Requirement,
  Route,
  Service,
  StaticFiles,
} from './types.ts';
