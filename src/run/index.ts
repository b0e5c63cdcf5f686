export { embeddedRunner } from './embedded/runner.ts';
export { unpackedRemover } from './embedded/prune.ts';
export type {
  Ability,
  Availability,
  ChangedPath,
  CompanionProgram,
  Container,
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
