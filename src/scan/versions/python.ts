import { compare, valid } from '@renovatebot/pep440';

/** Orders two versions by PEP 440; undefined where one is none. */
export const comparePython = (a: string, b: string): number | undefined =>
  valid(a) === null || valid(b) === null ? undefined : compare(a, b);
