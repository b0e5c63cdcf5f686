import { EnvironmentError, UserError } from '../../base/index.ts';
import type { StreamedEnd } from '../../base/node.ts';
import { readFailure } from './failure.ts';
import type { Tool } from './tool.ts';

/** The daemon, or the way to it, went away: gRPC's and Docker's words. */
const GONE =
  /error reading from server|transport is closing|connection reset|unexpected EOF|code = Unavailable|Cannot connect to the Docker daemon/i;
/** A base image or frontend could not be had. */
const UNREACHED =
  /failed to resolve source metadata|failed to do request|no such host|i\/o timeout|pull access denied|pinging container registry|unable to pull|initializing source|dial tcp/i;

/** Buildah before 1.30, which came with Podman 4.5: containers/buildah pull 4566. */
const NO_RUN_NETWORK = /RUN only supports the --mount flag/;

/** Why a build did not end well, as the error that fits: the Dockerfile, the network, or the engine itself. */
export function buildError(tool: Tool, end: StreamedEnd, lines: readonly string[], dockerfile: { file: string; text: string }): Error {
  if (end.timedOut)
    return new EnvironmentError(
      `the build took too long and was taken down${lastOf(lines)}`,
      'give it more time with `--build-timeout`, or see which step hangs',
      'transient',
    );
  if (end.signal !== null) return gone(tool, `\`${tool.id}\` was ended by ${end.signal}`, lines);
  const { at, output, reason } = readFailure(lines, dockerfile.text, dockerfile.file);
  if (GONE.test(reason)) return gone(tool, `${tool.id} went away in the middle of the build: ${reason}`, lines);
  const said = output.length === 0 ? '' : `\n${output.map((line) => `  | ${line}`).join('\n')}`;
  if (UNREACHED.test(reason))
    return new EnvironmentError(
      `${at ? `${at.file}:${at.line}: ` : ''}an image that the build needs cannot be had: ${reason}`,
      'check its name, the network, and whether you are logged in to its registry',
      'transient',
    );
  if (NO_RUN_NETWORK.test(reason))
    return new EnvironmentError(
      `${at ? `${at.file}:${at.line}: ` : ''}this ${tool.id} does not know \`RUN --network\``,
      'take Podman 4.5 or newer, or `--engine buildkit`; or take `--network=none` out of that line',
    );
  return new UserError(
    `the build failed: ${reason}${said}`,
    at === undefined ? 'its output is above' : 'mend this instruction; all of its output is above',
    at ?? { file: dockerfile.file },
  );
}

const gone = (tool: Tool, what: string, lines: readonly string[]): EnvironmentError =>
  new EnvironmentError(`${what}${lastOf(lines)}`, `see its log (memory, disk), then run again; ${tool.howToGet}`, 'transient');

function lastOf(lines: readonly string[]): string {
  const last = lines.findLast((line) => line.trim() !== '');
  return last === undefined ? '' : `; its last line: ${last.trim()}`;
}
