export { engineRunner } from './docker/runner.ts';
export { embeddedRunner } from './embedded/runner.ts';
export { unpackedRemover } from './embedded/prune.ts';
export { idleProgram } from './idle.ts';
export { imageUser } from './image-user.ts';
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
  ReadyWhen,
  Runner,
  RunnerId,
  RunnerOf,
  RunOptions,
} from './types.ts';
