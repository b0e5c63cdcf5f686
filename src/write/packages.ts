import { UserError } from '../base/index.ts';
import type { Plan } from '../plan/index.ts';

/**
 * A Dockerfile that installs packages of the repository is not written yet. Throws UserError where the plan has any: one
 * without them would make an image that does not start.
 */
export function refusePackages({ recipe }: Plan): void {
  const [first] = [...(recipe.local ?? []), ...(recipe.own ? [recipe.own] : [])];
  if (!first) return;
  const what = first.folder === '' ? 'the service itself is installed as a package' : `\`${first.folder}\` is installed as a package`;
  throw new UserError(
    `${what}, and Dockerfiles that do so are not written yet`,
    first.folder === ''
      ? '`plimsoll ship` makes the image without a Dockerfile; or set `installProject: false`, where its console scripts and metadata are not needed'
      : '`plimsoll ship` makes the image without a Dockerfile; one of yours is read by `plimsoll lint` and `--engine buildkit`',
  );
}
