import { EnvironmentError } from '../../base/index.ts';
import { runProcess } from '../../base/node.ts';
import type { Credential } from './credentials.ts';

/** What helpers say when they know of no login: github.com/docker/docker-credential-helpers, credentials/error.go. */
const NOT_FOUND = /credentials not found in native keychain/;

interface HelperJob {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/**
 * Asks `docker-credential-NAME get`. Undefined when it knows no login.
 * Throws EnvironmentError when it is not there, fails or hangs; what it printed is not repeated, for it may be a secret.
 */
export async function askHelper(name: string, server: string, { env, signal, timeoutMs }: HelperJob): Promise<Credential | undefined> {
  const program = `docker-credential-${name}`;
  // A name with a slash would run a program from anywhere.
  if (!/^[\w.-]+$/.test(name)) throw failed(program, 'is no name of a credential helper', server);
  const end = await runProcess({ argv: [program, 'get'], input: `${server}\n`, env, signal, timeoutMs, group: true });
  if (end.timedOut) throw failed(program, `did not answer within ${timeoutMs / 1000} s`, server);
  if (end.code !== 0) {
    if (NOT_FOUND.test(end.stdout) || NOT_FOUND.test(end.stderr)) return undefined;
    throw failed(program, `failed (${end.signal ?? `exit ${end.code}`})`, server);
  }
  const login = parse(end.stdout);
  if (!login) throw failed(program, 'answered with no login', server);
  // docker-credential-helpers: the user name `<token>` marks an identity token.
  if (login.Username === '<token>') return { from: program, kind: 'identity', token: login.Secret };
  return { from: program, kind: 'password', user: login.Username, password: login.Secret };
}

function parse(text: string): { readonly Username: string; readonly Secret: string } | undefined {
  try {
    const { Username, Secret } = JSON.parse(text) as Record<string, unknown>;
    return typeof Username === 'string' && typeof Secret === 'string' && Secret !== '' ? { Username, Secret } : undefined;
  } catch {
    return undefined;
  }
}

const failed = (program: string, what: string, server: string): EnvironmentError =>
  new EnvironmentError(
    `the credential helper \`${program}\` ${what}`,
    `run \`echo ${server} | ${program} get\` to see why, or log in with a file: \`skopeo login --authfile FILE\` and REGISTRY_AUTH_FILE=FILE`,
  );
