import { ignoreMatcher } from '../dockerfile/index.ts';
import type { Plan } from '../plan/index.ts';
import { installOf } from './install.ts';

/** What a build does not see. What the build stage installs from has to stay visible. */
export function writeDockerignore(plan: Plan): string {
  const needed = installOf(plan)?.manifests ?? [];
  const patterns = plan.recipe.ignore.filter((pattern) => !needed.some(ignoreMatcher(pattern)));
  return `${[HEADER, ...new Set(patterns)].join('\n')}\n`;
}

const HEADER = '# Never part of a running service: written by `plimsoll init`.';
