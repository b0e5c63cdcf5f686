import { UserError } from '../base/index.ts';
import type { Plan } from '../plan/index.ts';

/**
 * A Dockerfile that installs packages of the repository beside the service is not written yet, and none that makes a
 * wheel of the service. Throws UserError there: an image without them would not start.
 */
export function refusePackages({ recipe, dockerfile }: Plan): void {
  const [first] = recipe.local ?? [];
  if (first)
    throw new UserError(
      `\`${first.folder}\` is installed as a package, and Dockerfiles that do so are not written yet`,
      '`plimsoll ship` makes the image without a Dockerfile; one of yours is read by `plimsoll lint` and `--engine buildkit`',
    );
  if (recipe.own && dockerfile.install === 'wheels')
    throw new UserError(
      'the service itself is installed as a package, which `dockerfile: {install: wheels}` does not do',
      'choose `install: venv`, or set `installProject: false` where its console scripts and metadata are not needed',
      { file: 'plimsoll.yaml' },
    );
}
