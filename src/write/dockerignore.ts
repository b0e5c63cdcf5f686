import { ignoreMatcher } from '../dockerfile/index.ts';
import type { Plan } from '../plan/index.ts';
import { installOf } from './install.ts';

/**
 * What a build does not see. The repository's own patterns come first and stay as they are; those that are missing
 * come after them. What the build stage
 * installs from has to stay visible.
 */
export function writeDockerignore(plan: Plan, own = ''): string {
  const needed = installOf(plan)?.manifests ?? [];
  const has = new Set(own.split(/\r?\n/).map((line) => line.trim()));
  const patterns = plan.recipe.ignore.filter((pattern) => !has.has(pattern) && !needed.some(ignoreMatcher(pattern)));
  const kept = own.trimEnd();
  if (patterns.length === 0) return `${kept}\n`;
  const above = kept === '' ? [] : has.has(HEADER) ? [kept] : [kept, '', HEADER];
  return `${[...(kept === '' ? [HEADER] : above), ...patterns].join('\n')}\n`;
}

const HEADER = '# Never part of a running service: written by `plimsoll init`.';
