import { UserError } from '../../base/index.ts';
import type { ContainerUser } from '../user.ts';

/** What Docker uses when the image sets none: moby, oci/defaults. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of a container: the image's, what was given over it, and HOSTNAME, HOME and PATH as Docker sets them. */
export function containerEnvironment(
  image: readonly string[],
  given: Readonly<Record<string, string>>,
  hostname: string,
  user: ContainerUser,
): Readonly<Record<string, string>> {
  const own = Object.fromEntries(image.map((pair) => [pair.slice(0, index(pair)), pair.slice(index(pair) + 1)]));
  const environment = { PATH: DEFAULT_PATH, HOSTNAME: hostname, HOME: user.home, ...own, ...given };
  for (const [name, value] of Object.entries(environment)) check(name, value);
  return environment;
}

const index = (pair: string): number => (pair.includes('=') ? pair.indexOf('=') : pair.length);

/** The last program of the host's that runs is a shell, and a shell can only pass on what it could name. */
function check(name: string, value: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new UserError(
      `the environment variable \`${name}\` cannot be given to the container`,
      'name it with letters, digits and `_` only',
    );
  if (value.includes('\0')) throw new UserError(`the value of \`${name}\` has a NUL byte`, 'no program can be given one');
}
