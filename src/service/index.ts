export { isForDevelopment } from './python/installs/find.ts';
export { lockDisagreements, type LockDisagreement } from './python/lock-disagreements.ts';
export { nameOf as entryName } from './python/choose.ts';
export { workspaceMembers, type Member } from './python/local/members.ts';
export { declaredVariables, mayDeclareVariables } from './shared/declared-variables.ts';
export { readService, type ReadOptions } from './read-service.ts';
export type {
  Application,
  Companion,
  ComposeService,
  DependencySets,
  DependencySource,
  EnvironmentRead,
  ExampleValue,
  Framework,
  ImportRead,
  LibraryLoad,
  LocalPackage,
  OwnProject,
  PortRead,
  Problem,
  PythonFacts,
  Requirement,
  Route,
  Service,
  StaticFiles,
} from './types.ts';
