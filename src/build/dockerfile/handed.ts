import { accessSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CA_SECRET, PIP_SECRET, UV_SECRET } from '../../write/index.ts';

/** Variables that clients of package registries read for the file with the certificate authorities, most particular first. */
const CA_VARIABLES = ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];
/** Settings of pip that say where packages are: pip, "Configuration", "Environment Variables". */
const PIP_VARIABLES = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_DEFAULT_TIMEOUT'];
/** Settings of uv that say where packages are, and their names in its file; UV_INDEX_URL is the old name of UV_DEFAULT_INDEX. */
const UV_INDEX_VARIABLES = ['UV_DEFAULT_INDEX', 'UV_INDEX_URL'];
const UV_EXTRA_INDEX_VARIABLE = 'UV_EXTRA_INDEX_URL';
/** BuildKit and Podman take these into RUN without an ARG, and keep them out of the image and of the cache's keys. */
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'FTP_PROXY', 'ALL_PROXY'];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The secrets that this machine's own settings make: the authorities as `ca`, the settings of pip and uv as `pip` and
 * `uv`. Those that were asked for by the same id come first. Writes what it makes into `folder`.
 */
export function secretsOf(asked: readonly string[], folder: string, env: Variables = process.env): readonly string[] {
  const isAsked = (id: string): boolean => asked.some((secret) => secret.split(',').includes(`id=${id}`));
  const ca = CA_VARIABLES.map((name) => env[name]).find((file) => file !== undefined && isReadable(file));
  const hasCa = isAsked(CA_SECRET.id) || ca !== undefined;
  const found = [...asked];
  if (ca !== undefined && !isAsked(CA_SECRET.id)) found.push(`id=${CA_SECRET.id},src=${ca}`);
  for (const [{ id }, name, text] of [
    [PIP_SECRET, 'pip.conf', pipSettings(hasCa, env)],
    [UV_SECRET, 'uv.toml', uvSettings(hasCa, env)],
  ] as const) {
    if (text === '' || isAsked(id)) continue;
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    found.push(`id=${id},src=${file}`);
  }
  return found;
}

/** pip.conf; empty where nothing is to be said. */
function pipSettings(hasCa: boolean, env: Variables): string {
  const settings = PIP_VARIABLES.flatMap((name) => {
    const value = env[name];
    // A list is parted by blanks in the variable, by lines in the file.
    return value === undefined
      ? []
      : [`${name.slice('PIP_'.length).toLowerCase().replaceAll('_', '-')} = ${value.trim().replaceAll(/\s+/g, '\n    ')}`];
  });
  const lines = [...(hasCa ? [`cert = ${CA_SECRET.path}`] : []), ...settings];
  return lines.length === 0 ? '' : `[global]\n${lines.join('\n')}\n`;
}

/** uv.toml (uv, "Settings"); empty where nothing is to be said. JSON's strings and lists are TOML's too. */
function uvSettings(hasCa: boolean, env: Variables): string {
  const index = UV_INDEX_VARIABLES.map((name) => env[name]).find((value) => value !== undefined);
  const more = env[UV_EXTRA_INDEX_VARIABLE]?.trim().split(/\s+/) ?? [];
  return [
    ...(hasCa ? ['system-certs = true\n'] : []),
    ...(index === undefined ? [] : [`index-url = ${JSON.stringify(index)}\n`]),
    ...(more.length === 0 ? [] : [`extra-index-url = ${JSON.stringify(more)}\n`]),
  ].join('');
}

/** The proxies of this machine as build arguments, in the spelling in which they are set. */
export const proxiesOf = (env: Variables = process.env): readonly string[] =>
  PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()]).flatMap((name) => (env[name] ? [`${name}=${env[name]}`] : []));

function isReadable(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}
