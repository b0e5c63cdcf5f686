/**
 * Scripts as the rules of our own look at them: which programs are called with what, and what becomes of a failure.
 * Tolerant and quick. `../shell` reads the same scripts exactly as hadolint does, for finding what hadolint finds.
 */
export { basename } from './calls.ts';
export { flagValue, hasFlag, isCall, operands } from './query.ts';
export { scriptOf, wordsScript } from './instruction.ts';
export type { Call, Fate, Redirection, Script, ShellWord } from './types.ts';
