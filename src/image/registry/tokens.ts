import { EnvironmentError } from '../../base/index.ts';
import { collect } from '../verified.ts';
import type { Challenge } from './challenge.ts';
import { authFiles, type Credential } from './credentials.ts';
import { resolved, shown, type Answer, type Ask } from './http.ts';
import type { RegistryJob } from './job.ts';

/** Largest answer of a token server: tokens of a few kB are usual. */
const TOKEN_LIMIT = 1024 * 1024;

export interface Grant {
  readonly host: string;
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
  readonly job: RegistryJob;
}

/**
 * What to put into Authorization: Basic as it is; for Bearer a token, from the realm that the challenge names.
 * Throws EnvironmentError where a login is needed and missing or refused. Distribution's "Token Authentication
 * Specification" and "OAuth2 Token Authentication".
 */
export async function authorizationFor(
  challenge: Challenge,
  from: URL,
  grant: Grant,
  send: (ask: Ask) => Promise<Answer>,
): Promise<string> {
  const { credential } = grant;
  if (credential?.kind === 'bearer') return `Bearer ${credential.token}`;
  if (challenge.scheme === 'basic') {
    if (credential?.kind !== 'password') throw noLogin(grant);
    return basic(credential);
  }
  const realm = resolved(challenge.realm, from);
  const query = new URLSearchParams();
  if (challenge.service !== undefined) query.set('service', challenge.service);
  const answer = await send(
    credential?.kind === 'identity' ? byRefresh(realm, query, credential.token, grant) : byQuery(realm, query, grant),
  );
  if (answer.status !== 200) {
    await answer.drop();
    throw answer.status === 401 || answer.status === 403
      ? refusedLogin(grant, answer.status, realm)
      : strange(realm, `answers HTTP ${answer.status}`);
  }
  const token = tokenIn(await collect(answer.bytes(), TOKEN_LIMIT, `the token of ${shown(realm)}`));
  if (token === undefined) throw strange(realm, 'answers with no token');
  return `Bearer ${token}`;
}

function byQuery(realm: URL, query: URLSearchParams, { scopes, credential }: Grant): Ask {
  const url = new URL(realm);
  for (const [name, value] of query) url.searchParams.append(name, value);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credential?.kind !== 'password') return { method: 'GET', url };
  url.searchParams.set('account', credential.user);
  return { method: 'GET', url, authorization: basic(credential) };
}

function byRefresh(url: URL, query: URLSearchParams, token: string, { scopes }: Grant): Ask {
  const form = new URLSearchParams([
    ...query,
    ['grant_type', 'refresh_token'],
    ['client_id', 'plimsoll'],
    ['refresh_token', token],
    ['scope', scopes.join(' ')],
  ]);
  const bytes = Buffer.from(form.toString());
  const body = {
    sizeBytes: bytes.length,
    bytes: async function* () {
      yield bytes;
    },
  };
  return { method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
}

const basic = ({ user, password }: Extract<Credential, { kind: 'password' }>): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function tokenIn(bytes: Uint8Array): string | undefined {
  try {
    const { token, access_token: access } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
    // In a header nothing else may stand: RFC 6750, section 2.1.
    return [token, access].find((text): text is string => typeof text === 'string' && /^[\w.~+/=:-]+$/.test(text));
  } catch {
    return undefined;
  }
}

export function noLogin({ host, job }: Grant): EnvironmentError {
  const read = authFiles(job.env ?? process.env).join(', ');
  return new EnvironmentError(
    `${host} wants a login, and there is none`,
    `\`skopeo login ${host}\` or \`docker login ${host}\`; read were: ${read}`,
  );
}

export function refusedLogin(grant: Grant, status: number, realm?: URL): EnvironmentError {
  if (!grant.credential) return noLogin(grant);
  return new EnvironmentError(
    `${grant.host} does not accept the login of ${grant.credential.from} (HTTP ${status}${realm ? ` from ${shown(realm)}` : ''})`,
    `log in again: \`skopeo login ${grant.host}\` or \`docker login ${grant.host}\``,
  );
}

const strange = (realm: URL, what: string): EnvironmentError =>
  new EnvironmentError(`the token server ${shown(realm)} ${what}`, 'try again later; if it stays, the registry is set up wrongly');
