import type { Refusal } from '../arguments.ts';

/** What is wrong with a value, and the way out. */
export const refusal = (code: string, message: string, hint: string): Refusal => ({ code, message, hint });

export type { Refusal };
