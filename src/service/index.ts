export { lockDisagreements, type LockDisagreement } from './python/lock-disagreements.ts';
export { readService, type ReadOptions } from './read-service.ts';
export type {
  Application,
  Companion,
  DependencySource,
  EnvironmentRead,
  ExampleValue,
  Framework,
  ImportRead,
  LibraryLoad,
  PortRead,
  Problem,
  PythonFacts,
  Requirement,
  Route,
  Service,
} from './types.ts';
