import { EnvironmentError } from '../base/index.ts';

/** A step of setting a container up failed; `cause` is what the tool said. */
export const setupError = (reason: string): EnvironmentError =>
  new EnvironmentError(`the container could not be set up: ${reason}`, '`plimsoll doctor` says what this machine can run', 'permanent', {
    cause: reason,
  });
