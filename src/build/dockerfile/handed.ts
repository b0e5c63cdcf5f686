import { accessSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CA_SECRET, PIP_SECRET } from '../../write/index.ts';

/** Variables that clients of package registries read for the file with the certificate authorities, most particular first. */
const CA_VARIABLES = ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];
/** Settings of pip that say where packages are: pip, "Configuration", "Environment Variables". */
const PIP_VARIABLES = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_DEFAULT_TIMEOUT'];
/** BuildKit and Podman take these into RUN without an ARG, and keep them out of the image and of the cache's keys. */
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'FTP_PROXY', 'ALL_PROXY'];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The secrets that this machine's own settings make: the authorities as `ca`, pip's settings as `pip`. Those that were
 * asked for by the same id come first. Writes what it makes into `folder`.
 */
export function secretsOf(asked: readonly string[], folder: string, env: Variables = process.env): readonly string[] {
  const isAsked = (id: string): boolean => asked.some((secret) => secret.split(',').includes(`id=${id}`));
  const ca = CA_VARIABLES.map((name) => env[name]).find((file) => file !== undefined && isReadable(file));
  const hasCa = isAsked(CA_SECRET.id) || ca !== undefined;
  const pip = pipSettings(hasCa, env);
  const found = [...asked];
  if (ca !== undefined && !isAsked(CA_SECRET.id)) found.push(`id=${CA_SECRET.id},src=${ca}`);
  if (pip !== undefined && !isAsked(PIP_SECRET.id)) {
    const file = join(folder, 'pip.conf');
    writeFileSync(file, pip, { mode: 0o600 });
    found.push(`id=${PIP_SECRET.id},src=${file}`);
  }
  return found;
}

function pipSettings(hasCa: boolean, env: Variables): string | undefined {
  const settings = PIP_VARIABLES.flatMap((name) => {
    const value = env[name];
    // A list is parted by blanks in the variable, by lines in the file.
    return value === undefined
      ? []
      : [`${name.slice('PIP_'.length).toLowerCase().replaceAll('_', '-')} = ${value.trim().replaceAll(/\s+/g, '\n    ')}`];
  });
  const lines = [...(hasCa ? [`cert = ${CA_SECRET.path}`] : []), ...settings];
  return lines.length === 0 ? undefined : `[global]\n${lines.join('\n')}\n`;
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
