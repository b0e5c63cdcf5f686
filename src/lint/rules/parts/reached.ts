import type { Evaluation, Phase } from '../../../dockerfile/index.ts';

const ORDER: readonly Phase[] = ['options', 'parse', 'instructions', 'stages', 'steps', 'end'];

/** Whether BuildKit came to this phase before it stopped. */
export const reached = (evaluation: Evaluation, phase: Phase): boolean => ORDER.indexOf(evaluation.phase) >= ORDER.indexOf(phase);
