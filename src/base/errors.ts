import type { Place } from './evidence.ts';

/**
 * The request is wrong: a flag, a configuration, a file of the user's. Exit code 2.
 * The hint is required: an error without a way out does not compile.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  constructor(
    what: string,
    readonly hint: string,
    readonly at?: Place,
  ) {
    super(what);
  }
}

/**
 * This machine, or something it talks to, cannot. Exit code 3.
 * `transient`: the same request may work later (network, busy); `permanent`: it will not until something changes.
 */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(
    what: string,
    readonly hint: string,
    readonly kind: 'transient' | 'permanent' = 'permanent',
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The `code` of a Node system error, such as `ENOENT`; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
