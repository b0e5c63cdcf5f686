export { embeddedRunner } from './embedded/runner.ts';
export { unpackedRemover } from './embedded/prune.ts';
export { resolveUser } from './user.ts';
export type {
  Ability,
  Availability,
  ChangedPath,
  CompanionHandle,
  CompanionProgram,
  Container,
  ContainerProcess,
  Exchange,
  Exchanged,
  ExecEnd,
  Exit,
  HttpAnswer,
  HttpRequest,
  Lack,
  Listener,
  LogLine,
  Memory,
  PendingRequest,
  Readiness,
  Runner,
  RunnerId,
  RunnerOf,
  RunOptions,
} from './types.ts';
