/** Plan → the files that people keep: Dockerfile, .dockerignore, and those that plimsoll.yaml names. */
import type { FileKind, FilesBeside, Plan } from '../plan/index.ts';
import { writeBake } from './bake.ts';
import { writeCompose } from './compose.ts';
import { writeDockerfile } from './dockerfile.ts';
import { writeDockerignore } from './dockerignore.ts';
import { writeEcs } from './ecs.ts';
import { writeEnvExample } from './env-example.ts';
import { writeKubernetes } from './kubernetes.ts';
import { writeMakefile } from './makefile.ts';
import type { WrittenFile } from './types.ts';
import { writeWorkflow } from './workflow.ts';

export type { WrittenFile } from './types.ts';

export const DOCKERIGNORE = '.dockerignore';

/** All of them, in the order in which plimsoll.yaml names them. `ownIgnore`: the .dockerignore that the repository has. */
export const writeFiles = (plan: Plan, ownIgnore?: string): readonly WrittenFile[] => [
  { path: 'Dockerfile', text: writeDockerfile(plan) },
  { path: DOCKERIGNORE, text: writeDockerignore(plan, ownIgnore) },
  ...(plan.files === undefined ? [] : beside(plan, plan.files)),
];

const beside = (plan: Plan, { kinds, envFile }: FilesBeside): readonly WrittenFile[] =>
  [...new Set(kinds)].map((kind) =>
    // A list of variables that is there is a person's: it says more than a source can.
    kind === 'env'
      ? { path: envFile, text: writeEnvExample(plan), keepOwn: true }
      : { path: BESIDE[kind].path, text: BESIDE[kind].write(plan) },
  );

const BESIDE: Readonly<Record<Exclude<FileKind, 'env'>, { readonly path: string; readonly write: (plan: Plan) => string }>> = {
  compose: { path: 'compose.yaml', write: writeCompose },
  kubernetes: { path: 'deploy/kubernetes.yaml', write: writeKubernetes },
  ecs: { path: 'deploy/ecs-task-definition.json', write: writeEcs },
  bake: { path: 'docker-bake.hcl', write: writeBake },
  workflow: { path: '.github/workflows/image.yaml', write: writeWorkflow },
  makefile: { path: 'Makefile', write: writeMakefile },
};
