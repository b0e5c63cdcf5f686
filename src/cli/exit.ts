import { EnvironmentError, formatPlace, messageOf, UserError } from '../base/index.ts';

/** 0 fine, 1 the thing judged is not, 2 the request is wrong, 3 this machine cannot or something is unproven, 70 a bug (sysexits.h EX_SOFTWARE). */
export const EXIT = { fine: 0, unfit: 1, request: 2, machine: 3, bug: 70 } as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UserError) return EXIT.request;
  if (error instanceof EnvironmentError) return EXIT.machine;
  if (error instanceof Interrupted) return error.exitCode;
  return EXIT.bug;
}

/** Ended by a signal, after cleaning up. Exit code 128 + the signal's number, as shells have it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(
    readonly signal: NodeJS.Signals,
    readonly exitCode: number,
  ) {
    super(`interrupted by ${signal}`);
  }
}

/** What people read: what, where, way out. A bug says how to report it; its stack only with `--debug`. */
export function explainError(error: unknown, debug: boolean): string {
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ''}\n` : '';
  if (error instanceof UserError)
    return `error: ${error.at ? `${formatPlace(error.at)}: ` : ''}${error.message}\nhint: ${error.hint}\n${stack}`;
  if (error instanceof EnvironmentError)
    return (
      `error: ${error.message}\n${error.kind === 'transient' ? 'this may pass: ' : ''}hint: ${error.hint}\n`.replace(
        'this may pass: hint: ',
        'hint (this may pass): ',
      ) + stack
    );
  if (error instanceof Interrupted) return `\n${error.message}; everything was taken down\n`;
  return `error: a bug in Plimsoll: ${messageOf(error)}\nhint: run again with \`--debug\` and report what it prints\n${stack}`;
}
