import { UserError } from '../../../base/index.ts';
import type { Plan } from '../../../plan/index.ts';
import { INITS, type BaseFacts } from './facts.ts';
import { isInstalled } from './installed.ts';
import type { BasePython } from './pythons.ts';

/** PyPI's build of dumb-init, with the hashes of its wheels: for x86_64 and aarch64, both for glibc. */
const DUMB_INIT =
  'dumb-init==1.2.5.post1 --hash=sha256:5d6b1fe9b8efcdbbdcb670efe7a55f9117251ee9648d35ffd0c487fd79515ea5 --hash=sha256:a516a16a7dfed012de2524eb449e31f7f583b11b938eebb3ec09fd194497293d\n';

/**
 * Requirements for the packages that a plan wants beside the interpreter and the base has not: only dumb-init is a wheel,
 * and Debian's go into our own bases alone. Throws UserError for the others.
 */
export function addedTo(
  { recipe, decisions }: Pick<Plan, 'recipe' | 'decisions'>,
  reference: string,
  { inits, packages }: Pick<BaseFacts, 'inits' | 'packages'>,
  { libc }: Pick<BasePython, 'libc'>,
): string {
  const missing = recipe.packages.filter((name) => !inits.includes(name) && !isInstalled(name, packages));
  const others = missing.filter((name) => name !== 'dumb-init' || libc?.kind !== 'glibc');
  if (others.length === 0) return missing.length === 0 ? '' : DUMB_INIT;
  const found = decisions.find(({ id }) => id === 'system-packages')?.choice.split(' ') ?? [];
  throw new UserError(
    `${others.map((name) => `\`${name}\``).join(', ')} cannot be installed on ${reference}: the direct engine runs no package manager`,
    `take a base that has it; ${[...new Set(others.map((name) => wayOutOf(name, found)))].join('; ')}; or build the Dockerfile that \`plimsoll init\` writes`,
    { file: 'plimsoll.yaml' },
  );
}

/** How to do without a package, by who asked for it. */
function wayOutOf(name: string, found: readonly string[]): string {
  if (INITS.includes(name)) return 'say `pid1: server`';
  return found.includes(name) ? 'say `systemPackages: false` where the service does without' : 'leave it out of `packages`';
}
