import { EnvironmentError, errorCode, UserError } from '../../base/index.ts';
import { collect } from '../verified.ts';
import { readChallenge } from './challenge.ts';
import { credentialFor, type Credential } from './credentials.ts';
import { AbsentError, codesIn } from './errors.ts';
import { ask, shown, type Answer, type Ask } from './http.ts';
import { patienceOf, type RegistryJob } from './job.ts';
import { DOCKER_HUB } from './name.ts';
import { failureOf, retryAfter, retrying, type Failure } from './retry.ts';
import type { Endpoint } from './settings.ts';
import { authorizationFor, refusedLogin, type Grant } from './tokens.ts';

/** What is asked of a repository. */
export interface Request extends Pick<Ask, 'method' | 'headers' | 'body'> {
  /** Below `/v2/REPOSITORY/`, or an address that the registry named. */
  readonly path: string | URL;
  /** Statuses that are answers; all else is thrown. */
  readonly expects: readonly number[];
  /** What it is about, for people: `blob sha256:…`. */
  readonly about: string;
}

/** One repository of one registry, with its login. */
export interface Repository {
  readonly host: string;
  readonly repository: string;
  /** Plain http is spoken. */
  readonly isPlain: () => Promise<boolean>;
  /**
   * Asks, with the login that the registry wants, and again when what failed may pass. Throws UserError for what is not
   * there, EnvironmentError for a refusal and when no answer is to be had.
   */
  readonly send: (request: Request) => Promise<Answer>;
  /** The same, once. */
  readonly try: (request: Request) => Promise<{ readonly value: Answer } | Failure>;
}

/** Names what it may do to the token server: distribution's "Token Scope Documentation". */
export type Action = 'pull' | 'pull,push';

/** `alsoPull`: repositories whose blobs may be mounted. */
export function openRepository(
  endpoint: Endpoint,
  repository: string,
  action: Action,
  job: RegistryJob,
  alsoPull: readonly string[] = [],
): Repository {
  const { host } = endpoint;
  const limits = { ...patienceOf(job), signal: job.signal };
  const scopes = [`repository:${repository}:${action}`, ...alsoPull.map((other) => `repository:${other}:pull`)];
  // Each is asked for once; after a failure, again.
  let base: Promise<URL> | undefined;
  let credential: Promise<Credential | undefined> | undefined;
  let granted: Promise<string> | undefined;

  const baseUrl = (): Promise<URL> => {
    const known = (base ??= endpoint.insecure ? probed(endpoint, limits) : Promise.resolve(addressOf(host, 'https:')));
    known.catch(() => base === known && (base = undefined));
    return known;
  };

  /** What is asked for at the same time asks for one token together; `used` was refused. */
  async function authorize(header: string | null, from: URL, used: string | undefined): Promise<string | undefined> {
    const now = granted;
    if (now !== undefined && (await now) !== used) return now;
    const grant = { host, scopes, job, credential: await (credential ??= credentialFor(host, repository, job)) };
    const challenge = readChallenge(header);
    if (used !== undefined && (challenge?.scheme !== 'bearer' || grant.credential?.kind === 'bearer')) throw refusedLogin(grant, 401);
    if (!challenge) throw noChallenge(host);
    if (granted === now) {
      const asked = (granted = authorizationFor(challenge, from, grant, tokenSender(limits, job)));
      asked.catch(() => granted === asked && (granted = undefined));
    }
    return granted;
  }

  async function once(request: Request): Promise<Answer> {
    const root = await baseUrl();
    const url = typeof request.path === 'string' ? new URL(`v2/${repository}/${request.path}`, root) : request.path;
    const used = url.origin === root.origin ? await granted?.catch(() => undefined) : undefined;
    const answer = await ask({ ...request, url, authorization: used }, limits);
    // Only the registry itself is told who asks, not the storage that it leads to.
    if (answer.status !== 401 || answer.url.origin !== root.origin) return answer;
    await answer.drop();
    const fresh = await authorize(answer.headers.get('www-authenticate'), root, used);
    return ask({ ...request, url, authorization: fresh }, limits);
  }

  async function attempt(request: Request): Promise<{ readonly value: Answer } | Failure> {
    const answer = await once(request);
    if (request.expects.includes(answer.status)) return { value: answer };
    return refusal(answer, request, { repository, grant: { host, scopes, job, credential: await credential } });
  }

  return {
    host,
    repository,
    isPlain: async () => (await baseUrl()).protocol === 'http:',
    try: (request) => attempt(request).catch(failureOf),
    send: (request) => retrying(job, () => attempt(request)),
  };
}

const addressOf = (host: string, protocol: 'http:' | 'https:'): URL =>
  new URL(`${protocol}//${host === DOCKER_HUB ? `registry-1.${DOCKER_HUB}` : host}/`);

/** TLS where it is spoken, else plain http: as Docker does with registries that are allowed to. */
async function probed({ host, isLocal }: Endpoint, limits: Parameters<typeof ask>[1]): Promise<URL> {
  const [plain, secure] = [addressOf(host, 'http:'), addressOf(host, 'https:')];
  // On this machine nobody listens in between, and TLS takes Node a tenth of a second to load.
  const first = isLocal ? await greet(plain, limits) : undefined;
  // 400: what servers with TLS say to plain http.
  if (first?.status !== undefined && first.status !== 400) return plain;
  const second = await greet(secure, limits);
  if (second.status !== undefined) return secure;
  if (!speaksNoTls(second.error)) throw second.error;
  if (first?.error) throw first.error;
  return plain;
}

interface Greeting {
  readonly status?: number;
  readonly error?: unknown;
}

async function greet(root: URL, limits: Parameters<typeof ask>[1]): Promise<Greeting> {
  try {
    const answer = await ask({ method: 'GET', url: new URL('v2/', root) }, limits);
    await answer.drop();
    return { status: answer.status };
  } catch (error) {
    limits.signal?.throwIfAborted();
    return { error };
  }
}

function speaksNoTls(error: unknown): boolean {
  const code = error instanceof EnvironmentError ? errorCode(error.cause) : undefined;
  return code !== undefined && /^(ERR_SSL_|EPROTO|ECONNRESET|ECONNREFUSED|UND_ERR_)/.test(code);
}

/** Token servers have bad moments too. */
const tokenSender =
  (limits: Parameters<typeof ask>[1], job: RegistryJob) =>
  (request: Ask): Promise<Answer> =>
    retrying(job, async () => {
      const answer = await ask(request, limits);
      if (!isPassing(answer.status)) return { value: answer };
      await answer.drop();
      return busy(`the token server ${shown(request.url)}`, `HTTP ${answer.status}`, answer);
    });

/** 501 and 505 say that it never will: RFC 9110, section 15.6. */
const isPassing = (status: number): boolean => status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);

const ERROR_LIMIT = 64 * 1024;

interface Place {
  readonly repository: string;
  readonly grant: Grant;
}

async function refusal(answer: Answer, { about, method }: Request, { repository, grant }: Place): Promise<Failure> {
  const { status } = answer;
  const body = await collect(answer.bytes(), ERROR_LIMIT, 'the answer').catch(() => new Uint8Array());
  const codes = codesIn(body);
  const told = `HTTP ${status}${codes.length > 0 ? `: ${codes.join(', ')}` : ''}`;
  const where = `${grant.host}/${repository}`;
  if (isPassing(status)) return busy(`${where}, ${about}: the registry`, told, answer);
  return {
    error: forGood(status, told, where, about, method === 'GET' || method === 'HEAD' ? 'read' : 'write', grant),
    passing: false,
    status,
  };
}

function forGood(status: number, told: string, where: string, about: string, does: 'read' | 'write', grant: Grant): Error {
  if (status === 401) return refusedLogin(grant, 401);
  if (status === 403)
    return new EnvironmentError(
      `${grant.host} does not let ${grant.credential ? `the login of ${grant.credential.from}` : 'you, without a login,'} ${does} ${where} (${told})`,
      `ask for the right, or log in as another: \`skopeo login ${grant.host}\` or \`docker login ${grant.host}\``,
    );
  if (status === 404 && does === 'write')
    return new UserError(`${where} cannot be pushed to (${told})`, 'check the name; some registries want a repository to be created first');
  if (status === 404 || status === 410)
    return new AbsentError(
      `${where} has no ${about} (${told})`,
      'check the name, the tag and the registry; some registries say this too where a login is missing',
    );
  return new EnvironmentError(
    `${where}, ${about}: the registry refuses the request (${told})`,
    'the registry may not serve this; ask whoever runs it',
  );
}

function busy(who: string, told: string, { headers }: Answer): Failure {
  const afterMs = retryAfter(headers);
  const hint = `try again ${afterMs === undefined ? 'later' : `in ${Math.ceil(afterMs / 1000)} s, as it asks`}`;
  return { error: new EnvironmentError(`${who} cannot answer now (${told})`, hint, 'transient'), passing: true, afterMs };
}

const noChallenge = (host: string): EnvironmentError =>
  new EnvironmentError(`${host} wants a login and does not say of which kind`, 'is it a registry? Check its name');
