export { ignoreMatcher, type IgnoreMatcher } from './ignore.ts';
