import type { Cause } from '../types.ts';

/** Checks the shape where a cause is written. */
export const cause = (definition: Cause): Cause => definition;
