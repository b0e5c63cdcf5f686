import { UserError } from '../../base/index.ts';
import { isDigest, type Digest } from '../../base/node.ts';

/** An image in a registry: `registry/name:tag@digest`. */
export interface RegistryName {
  /** With its port, where there is one. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

// The grammar of github.com/distribution/reference. IPv6 addresses stand in brackets.
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/;
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
/** Docker's own registry, and the other name that it goes by. */
export const DOCKER_HUB = 'docker.io';
const HUB_NAMES = [DOCKER_HUB, `index.${DOCKER_HUB}`];

/** True when the first part can only be a registry: it has a dot, a colon or a capital, or is `localhost`. */
const namesHost = (first: string): boolean => /[.:A-Z]/.test(first) || first === 'localhost';

/**
 * Reads a name as Docker does: without a registry it is Docker's own, where names of one part lie in `library/`.
 * Throws UserError for what is no name.
 */
export function parseRegistryName(text: string): RegistryName {
  // What stands before an `@` there may be a password: it is not repeated.
  if (/^[^/]*:[^/]*@[^/]*\//.test(text))
    throw new UserError(
      'the name of an image holds no user and no password',
      'log in with `skopeo login` or `docker login`, and write `registry/name:tag`',
    );
  const [, rest = '', digest] = /^(.*?)(?:@(.*))?$/s.exec(text) ?? [];
  const [, path = '', tag] = /^(.*?)(?::([^/:]*))?$/s.exec(rest) ?? [];
  const slash = path.indexOf('/');
  const first = path.slice(0, Math.max(slash, 0));
  const host = namesHost(first) ? first : DOCKER_HUB;
  const plain = namesHost(first) ? path.slice(slash + 1) : path;
  const isHub = HUB_NAMES.includes(host);
  const repository = isHub && !plain.includes('/') ? `library/${plain}` : plain;
  const wrong = flawOf(host, repository, tag, digest);
  if (wrong !== undefined)
    throw new UserError(`\`${text}\` names no image in a registry: ${wrong}`, 'write `registry/name:tag` or `registry/name@sha256:…`');
  return {
    host: isHub ? DOCKER_HUB : host,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest as Digest }),
  };
}

function flawOf(host: string, repository: string, tag: string | undefined, digest: string | undefined): string | undefined {
  if (!HOST.test(host)) return `\`${host}\` is no host`;
  // distribution-spec, "Pulling manifests": many clients take no more than 255 characters.
  if (!REPOSITORY.test(repository) || repository.length > 255)
    return `\`${repository}\` is no repository (lower-case letters, digits, \`. _ - /\`)`;
  if (tag !== undefined && !TAG.test(tag)) return `\`${tag}\` is no tag`;
  if (digest !== undefined && !isDigest(digest)) return `\`${digest}\` is no SHA-256 digest`;
  return undefined;
}

/** A bare word that names its registry, and so cannot be meant for Docker's own by mistake. */
export function namesRegistry(text: string): boolean {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  return namesHost(first) && HOST.test(first);
}

/** As people write it, with the tag or digest that is asked for. */
export const formatName = ({ host, repository, tag, digest }: RegistryName): string =>
  `${host}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;

/** What manifests are asked for by: the digest, where there is one, as Docker does; else the tag; else `latest`. */
export const referenceOf = ({ tag, digest }: RegistryName): string => digest ?? tag ?? 'latest';
