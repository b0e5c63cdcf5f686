import { EnvironmentError, UserError } from '../../base/index.ts';
import { runProcess } from '../../base/node.ts';

/**
 * Writes an image of this user's Podman to `file`; in Docker's format, whose config keeps a health check.
 * Throws UserError when Podman has no such image, EnvironmentError when it is not there or cannot.
 */
export async function saveFromPodman(name: string, file: string, signal: AbortSignal | undefined): Promise<void> {
  // After `--`: a name may look like an option.
  const end = await runProcess({
    argv: ['podman', 'save', '--quiet', '--format', 'docker-archive', '--output', file, '--', name],
    group: true,
    signal,
  });
  if (end.code === 0) return;
  const said = end.stderr.trim().split('\n').at(-1) ?? '';
  if (/image not known|no such image|invalid reference|unable to find/i.test(said))
    throw new UserError(
      `Podman has no image \`${name}\``,
      `\`podman image ls\` lists what this user has; root’s are another user’s; an image in a registry is \`docker://${name}\``,
    );
  throw new EnvironmentError(
    `\`podman save\` ended with ${end.code ?? end.signal}: ${said}`,
    'run `podman info`: it says what Podman lacks',
  );
}
