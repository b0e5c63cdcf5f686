import { createWriteStream, readFileSync } from 'node:fs';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EnvironmentError, errorCode, UserError } from '../../base/index.ts';
import { collect } from '../verified.ts';

/** Where Docker Engine listens when nothing says otherwise. */
const DEFAULT_ADDRESS = 'unix:///var/run/docker.sock';
/** Bytes of what is said of an image, or of an error. */
const ANSWER_LIMIT = 4 * 1024 * 1024;

/** Writes an image of Docker Engine's to `file`; as `sentByDocker` otherwise. */
export async function saveFromDocker(name: string, file: string, signal: AbortSignal | undefined, env = process.env): Promise<void> {
  await pipeline(await sentByDocker(name, signal, env), createWriteStream(file, { mode: 0o600 })).catch((error: unknown) => {
    throw signal?.aborted ? error : unreachable(env['DOCKER_HOST'] || DEFAULT_ADDRESS, error);
  });
}

/**
 * An image of Docker Engine's as it sends it, as `docker save` does, by its API: DOCKER_HOST, with DOCKER_TLS_VERIFY
 * and DOCKER_CERT_PATH; a context that `docker context use` chose is not read.
 * Throws UserError when Docker has no such image, EnvironmentError when it does not answer.
 */
export async function sentByDocker(name: string, signal: AbortSignal | undefined, env = process.env): Promise<IncomingMessage> {
  const address = env['DOCKER_HOST'] || DEFAULT_ADDRESS;
  const to = { address, options: { ...optionsFor(address, env), ...(signal ? { signal } : {}) } };
  const { Id: id } = JSON.parse(await text(await get(to, `/images/${encodePath(name)}/json`, name))) as { readonly Id: string };
  // By its id: a name without a tag would bring all images of that name.
  return get(to, `/images/${encodePath(id)}/get`, name);
}

interface Target {
  readonly address: string;
  readonly options: RequestOptions;
}

function optionsFor(address: string, env: NodeJS.ProcessEnv): RequestOptions {
  const [, scheme, rest = ''] = /^(unix|tcp|http|https):\/\/(.+)$/.exec(address) ?? [];
  if (scheme === 'unix') return { socketPath: rest };
  if (scheme === undefined)
    throw new UserError(
      `DOCKER_HOST is \`${address}\`, and only unix:// and tcp:// are understood`,
      '`docker save -o FILE NAME`, then `docker-archive:FILE`',
    );
  const { hostname, port } = new URL(`http://${rest}`);
  const folder = env['DOCKER_CERT_PATH'] ?? join(env['HOME'] ?? '', '.docker');
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  const isTls = scheme === 'https' || (env['DOCKER_TLS_VERIFY'] ?? '') !== '';
  const tls = isTls ? { protocol: 'https:', ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') } : {};
  return { hostname, port: port || (isTls ? 2376 : 2375), ...tls };
}

/** Names hold slashes, which are part of the path. */
const encodePath = (name: string): string => name.split('/').map(encodeURIComponent).join('/');

async function get({ address, options }: Target, path: string, name: string): Promise<IncomingMessage> {
  // Loading these takes 10 ms, and most images are none of Docker's.
  const { request } = options.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ ...options, path, agent: false }, resolve)
      .once('error', reject)
      .end();
  }).catch((error: unknown) => {
    throw options.signal?.aborted ? error : unreachable(address, error);
  });
  if (answer.statusCode === 200) return answer;
  const said = messageIn(await text(answer));
  if (answer.statusCode === 404 || answer.statusCode === 400)
    throw new UserError(
      `Docker has no image \`${name}\``,
      `\`docker image ls\` lists what it has; an image in a registry is \`docker://${name}\``,
    );
  throw new EnvironmentError(`Docker answered ${answer.statusCode}: ${said}`, 'its own log says more: `journalctl -u docker`');
}

const text = async (answer: IncomingMessage): Promise<string> =>
  Buffer.from(await collect(answer, ANSWER_LIMIT, 'Docker’s answer')).toString('utf8');

function messageIn(body: string): string {
  try {
    return (JSON.parse(body) as { readonly message?: string }).message ?? body;
  } catch {
    return body.trim();
  }
}

function unreachable(address: string, error: unknown): EnvironmentError {
  const code = errorCode(error) ?? 'unknown';
  const hint =
    code === 'EACCES'
      ? 'add this user to the group `docker`, or run as root; or `docker save -o FILE NAME`, then `docker-archive:FILE`'
      : 'start Docker Engine, or say where it listens: DOCKER_HOST; `docker-archive:FILE` needs none';
  return new EnvironmentError(`Docker Engine does not answer at ${address} (${code})`, hint, 'permanent', { cause: error });
}
