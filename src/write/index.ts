/** Plan → the files that people keep: Dockerfile, .dockerignore. And how they meet what people made of them. */
import type { Plan } from '../plan/index.ts';
import { writeDockerfile } from './dockerfile.ts';
import { writeDockerignore } from './dockerignore.ts';
import type { WrittenFile } from './types.ts';

export { mergePatterns, mergeTexts, openConflict, type Merged } from './merge.ts';
export { readRecord, RECORD_FILE, writeRecord, type WrittenBefore } from './record.ts';
export type { WrittenFile } from './types.ts';

export const DOCKERFILE = 'Dockerfile';

/** All of them. */
export const writeFiles = (plan: Plan): readonly WrittenFile[] => [
  { path: DOCKERFILE, text: writeDockerfile(plan) },
  { path: '.dockerignore', text: writeDockerignore(plan), merge: 'patterns' },
];
