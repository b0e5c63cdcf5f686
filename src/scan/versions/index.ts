import { compareVersions } from '../../base/index.ts';
import type { Ecosystem } from '../types.ts';
import { compareAlpine } from './alpine.ts';
import { comparePython } from './python.ts';
import { compareRpm } from './rpm.ts';
import { compareSemantic } from './semantic.ts';

/** Negative, zero or positive; undefined where nobody can say, because one is no version there. */
export type Compare = (a: string, b: string) => number | undefined;

/** How each ecosystem orders its versions. */
export const comparing: Readonly<Record<Ecosystem, Compare>> = {
  debian: (a, b) => (isDebian(a) && isDebian(b) ? compareVersions(a, b) : undefined),
  alpine: compareAlpine,
  rpm: compareRpm,
  python: comparePython,
  npm: compareSemantic,
};

/** deb-version(7). What is none would be put somewhere all the same. */
const isDebian = (version: string): boolean => /^(?:\d+:)?[A-Za-z0-9.+~:-]+$/.test(version);
