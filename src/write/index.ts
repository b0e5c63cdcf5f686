/** Plan → the files that people keep: Dockerfile, .dockerignore. */
import type { Plan } from '../plan/index.ts';
import { writeDockerfile } from './dockerfile.ts';
import { writeDockerignore } from './dockerignore.ts';
import type { WrittenFile } from './types.ts';

export { CA_SECRET, PIP_SECRET } from './build-secrets.ts';
export type { WrittenFile } from './types.ts';

export const DOCKERIGNORE = '.dockerignore';

/** All of them. `ownIgnore`: the .dockerignore that the repository has. */
export const writeFiles = (plan: Plan, ownIgnore?: string): readonly WrittenFile[] => [
  { path: 'Dockerfile', text: writeDockerfile(plan) },
  { path: DOCKERIGNORE, text: writeDockerignore(plan, ownIgnore) },
];
