import { EnvironmentError } from '../../base/index.ts';
import { runProcess } from '../../base/node.ts';

/** A program that runs containers, as data: `docker` and `podman` read nearly the same words. */
export interface Client {
  readonly id: 'docker' | 'podman';
  /** Words before the command. */
  readonly globals: readonly string[];
  /** Asks whether it is there and answers; prints its version. */
  readonly version: readonly string[];
  readonly howToGet: string;
  /** Words of `create` and `run` beside those that both read. */
  readonly create: readonly string[];
  /** Removes a container at once, with the volumes that were made for it alone. */
  readonly remove: readonly string[];
  /** How it names an image that was loaded with no registry in its name. */
  readonly imageName: (tag: string) => string;
  /** Other runtimes to try where its own cannot: words before the command. */
  readonly otherRuntimes: readonly (readonly string[])[];
}

export const docker: Client = {
  id: 'docker',
  globals: [],
  version: ['version', '--format', '{{.Server.Version}}'],
  howToGet: 'install Docker Engine and start it, or say where it listens: DOCKER_HOST',
  create: [],
  remove: ['rm', '--force', '--volumes'],
  imageName: (tag) => tag,
  otherRuntimes: [],
};

export const podman: Client = {
  id: 'podman',
  globals: [],
  version: ['version', '--format', '{{.Client.Version}}'],
  howToGet: 'install podman (Debian: `apt-get install podman uidmap`)',
  // By itself Podman makes /tmp, /run and /var/tmp writable under a read-only root.
  create: ['--read-only-tmpfs=false'],
  remove: ['rm', '--force', '--volumes', '--time', '0'],
  imageName: (tag) => `localhost/${tag}`,
  // crun refuses a machine with cgroup v1 and v2 side by side, which runc runs on.
  otherRuntimes: [['--runtime', 'runc']],
};

/** A whole command line. */
export const commandOf = (client: Client, words: readonly string[]): [string, ...string[]] => [client.id, ...client.globals, ...words];

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/** What a command prints. Throws EnvironmentError with what the program said last. */
export async function ask(client: Client, words: readonly string[], { signal, env }: AskOptions = {}): Promise<string> {
  // Nothing is pulled, and Podman refuses to start where a login file is named that is not there.
  const { DOCKER_CONFIG: config, REGISTRY_AUTH_FILE: _logins, ...rest } = env ?? process.env;
  const given = client.id === 'docker' && config !== undefined ? { ...rest, DOCKER_CONFIG: config } : rest;
  const end = await runProcess({ argv: commandOf(client, words), signal, env: given });
  if (end.code === 0) return end.stdout.trim();
  throw clientError(client, words, end.stderr);
}

export function clientError(client: Client, words: readonly string[], said: string): EnvironmentError {
  const lines = said.trim().split('\n');
  // Hints on usage come after it.
  const last = lines.findLast((line) => /^(\S+: )?error\b/i.test(line)) ?? lines.at(-1) ?? '';
  const reason = last.replace(/^(Error response from daemon|Error|docker): /i, '').slice(0, 500);
  return new EnvironmentError(
    `\`${client.id} ${words[0]}\` failed: ${reason}`,
    `run \`plimsoll doctor\`, or use another runner: \`--runner embedded\``,
    'permanent',
    { cause: reason },
  );
}
