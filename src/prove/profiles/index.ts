import { compose } from './compose.ts';
import { docker } from './docker.ts';
import { ecs } from './ecs.ts';
import { kubernetes } from './kubernetes.ts';
import { openshift } from './openshift.ts';
import { podman } from './podman.ts';
import type { Profile } from './profile.ts';

/** All targets. A test compares this list with the folder, and their gates with those there are. */
export const profiles: readonly Profile[] = [docker, compose, podman, kubernetes, openshift, ecs];
