/** Plan → the files that people keep: Dockerfile, .dockerignore, those that plimsoll.yaml names; and how they meet what people made of them. */
import type { FileKind, FilesBeside, Plan } from '../plan/index.ts';
import { writeBake } from './bake.ts';
import { writeCompose } from './compose.ts';
import { writeDockerfile } from './dockerfile.ts';
import { writeDockerignore } from './dockerignore.ts';
import { writeEcs } from './ecs.ts';
import { writeEnvExample } from './env-example.ts';
import { writeKubernetes } from './kubernetes.ts';
import { writeMakefile } from './makefile.ts';
import { refusePackages } from './packages.ts';
import type { WrittenFile } from './types.ts';
import { writeWorkflow } from './workflow.ts';

export { CA_SECRET, PIP_SECRET, UV_SECRET } from './build-secrets.ts';
export { mergePatterns, mergeTexts, openConflict, type Merged } from './merge.ts';
export { imageNameOf } from './running.ts';
export { readRecord, RECORD_FILE, writeRecord, type WrittenBefore } from './record.ts';
export type { WrittenFile } from './types.ts';

export const DOCKERFILE = 'Dockerfile';

/** All of them, in the order in which plimsoll.yaml names them. Throws UserError for a plan that a Dockerfile cannot carry out. */
export function writeFiles(plan: Plan): readonly WrittenFile[] {
  refusePackages(plan);
  return [
    { path: DOCKERFILE, text: writeDockerfile(plan) },
    { path: '.dockerignore', text: writeDockerignore(plan), merge: 'patterns' },
    ...(plan.files === undefined ? [] : beside(plan, plan.files)),
  ];
}

const beside = (plan: Plan, { kinds, envFile }: FilesBeside): readonly WrittenFile[] =>
  [...new Set(kinds)].map((kind) =>
    kind === 'env' ? { path: envFile, text: writeEnvExample(plan) } : { path: BESIDE[kind].path, text: BESIDE[kind].write(plan) },
  );

const BESIDE: Readonly<Record<Exclude<FileKind, 'env'>, { readonly path: string; readonly write: (plan: Plan) => string }>> = {
  compose: { path: 'compose.yaml', write: writeCompose },
  kubernetes: { path: 'deploy/kubernetes.yaml', write: writeKubernetes },
  ecs: { path: 'deploy/ecs-task-definition.json', write: writeEcs },
  bake: { path: 'docker-bake.hcl', write: writeBake },
  workflow: { path: '.github/workflows/image.yaml', write: writeWorkflow },
  makefile: { path: 'Makefile', write: writeMakefile },
};
