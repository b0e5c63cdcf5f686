export { imagesIn, isYaml } from './read.ts';
export { canMove, tagOf, withDigest } from './reference.ts';
export type { Left, Reference, TakenImages, Unreadable } from './types.ts';
