import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, errorCode } from '../../base/index.ts';
import { askHelper } from './credential-helper.ts';
import { patienceOf, type RegistryJob } from './job.ts';
import { DOCKER_HUB } from './name.ts';

/** A login, and where it was found. Its secrets are shown nowhere. */
export type Credential = { readonly from: string } & (
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A refresh token, for the token server. */
  | { readonly kind: 'identity'; readonly token: string }
  /** Sent to the registry as it is. */
  | { readonly kind: 'bearer'; readonly token: string }
);

/** What `docker login`, `podman login` and `skopeo login` write: docs.docker.com, "docker login"; containers-auth.json(5). */
interface AuthFile {
  readonly auths?: Readonly<Record<string, Entry | null>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

interface Entry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** The files that may hold logins, in the order of containers-auth.json(5). REGISTRY_AUTH_FILE is read alone. */
export function authFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const home = env['HOME'] ?? homedir();
  const { REGISTRY_AUTH_FILE: only, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: config, DOCKER_CONFIG: docker } = env;
  if (only) return [only];
  return [
    ...(runtime ? [join(runtime, 'containers', 'auth.json')] : []),
    join(config || join(home, '.config'), 'containers', 'auth.json'),
    join(docker || join(home, '.docker'), 'config.json'),
  ];
}

/**
 * The login for a repository: of each file the credential helper, then the longest key that holds the repository.
 * Undefined where there is none. Throws EnvironmentError for a file that cannot be read and for a helper that fails.
 */
export async function credentialFor(host: string, repository: string, job: RegistryJob): Promise<Credential | undefined> {
  for (const path of authFiles(job.env ?? process.env)) {
    const file = await readAuthFile(path);
    const found = file && ((await fromHelper(file, host, job)) ?? fromEntries(file, host, repository, path));
    if (found) return found;
  }
  return undefined;
}

async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw new EnvironmentError(
      `the logins in ${path} cannot be read (${errorCode(error) ?? 'unknown'})`,
      'mend its permissions, or name another file in REGISTRY_AUTH_FILE',
    );
  });
  if (text === undefined) return undefined;
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file === 'object' && file !== null && !Array.isArray(file)) return file;
  } catch {
    // As below: what JSON.parse says may quote the file.
  }
  throw new EnvironmentError(`the logins in ${path} are no JSON object`, 'log in again with `skopeo login` or `docker login`');
}

/** Docker's own registry is kept under the address of its first version. */
const aliasesOf = (host: string): readonly string[] =>
  host === DOCKER_HUB ? [DOCKER_HUB, `index.${DOCKER_HUB}`, `registry-1.${DOCKER_HUB}`] : [host];

/** What helpers are asked for. */
const serverOf = (host: string): string => (host === DOCKER_HUB ? `https://index.${DOCKER_HUB}/v1/` : host);

async function fromHelper({ credHelpers, credsStore }: AuthFile, host: string, job: RegistryJob): Promise<Credential | undefined> {
  const helper = [...aliasesOf(host), serverOf(host)].map((name) => credHelpers?.[name]).find((name) => name !== undefined) ?? credsStore;
  if (typeof helper !== 'string' || helper === '') return undefined;
  const { env = process.env, signal } = job;
  return askHelper(helper, serverOf(host), { env, signal, timeoutMs: patienceOf(job).helperMs });
}

/** Keys are `host`, `host/path` or addresses as `https://host/v1/`. */
const plainKey = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/(v1|v2)?\/?$/, '');

function fromEntries({ auths = {} }: AuthFile, host: string, repository: string, from: string): Credential | undefined {
  const entries = new Map(Object.entries(auths).map(([key, entry]) => [plainKey(key), entry]));
  const parts = repository.split('/');
  const paths = parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
  for (const name of aliasesOf(host))
    for (const key of [...paths.map((path) => `${name}/${path}`), name]) {
      const found = fromEntry(entries.get(key) ?? {}, from);
      if (found) return found;
    }
  return undefined;
}

function fromEntry({ auth, username, password, identitytoken, registrytoken }: Entry, from: string): Credential | undefined {
  if (registrytoken) return { from, kind: 'bearer', token: registrytoken };
  if (identitytoken) return { from, kind: 'identity', token: identitytoken };
  const [, user = username, secret = password] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth ?? '', 'base64').toString('utf8')) ?? [];
  // Docker writes the password's end with NULs.
  return user && secret ? { from, kind: 'password', user, password: secret.replace(/\0+$/, '') } : undefined;
}
