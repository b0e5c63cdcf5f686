import { UserError } from '../../base/index.ts';

/** A registry to talk to. */
export interface Endpoint {
  readonly host: string;
  /** Plain http is allowed. */
  readonly insecure: boolean;
  /** It is this machine's own. */
  readonly isLocal: boolean;
}

const MIRRORS = 'PLIMSOLL_REGISTRY_MIRRORS';
const INSECURE = 'PLIMSOLL_INSECURE_REGISTRIES';

/**
 * Where the images of a registry may be had, in the order to ask: its mirrors, then itself.
 * `PLIMSOLL_REGISTRY_MIRRORS` holds `REGISTRY=MIRROR` with commas; a mirror is a host, with `http://` before it for plain http.
 * Throws UserError for settings that cannot be read.
 */
export function endpointsOf(host: string, env: NodeJS.ProcessEnv): readonly Endpoint[] {
  const mirrors = listIn(env, MIRRORS).map((text) => {
    const [, registry, plain, mirror] = /^([^=/\s]+)=(?:(http:\/\/)|https:\/\/)?([^/\s]+)\/?$/.exec(text) ?? [];
    if (registry === undefined || mirror === undefined)
      throw new UserError(`${MIRRORS}: \`${text}\` is no mirror`, 'write `REGISTRY=MIRROR`, such as `docker.io=http://127.0.0.1:5000`');
    const endpoint = endpointOf(mirror, env);
    return { registry, endpoint: { ...endpoint, insecure: endpoint.insecure || plain !== undefined } };
  });
  return [...mirrors.filter(({ registry }) => registry === host).map(({ endpoint }) => endpoint), endpointOf(host, env)];
}

/** The registry itself: what is pushed goes there. Plain http is allowed as Docker has it: on this machine, and where it is set. */
export function endpointOf(host: string, env: NodeJS.ProcessEnv): Endpoint {
  const name = host.replace(/:\d+$/, '');
  const isLocal = name === 'localhost' || /^127(\.\d{1,3}){3}$/.test(name) || name === '[::1]';
  return { host, isLocal, insecure: isLocal || listIn(env, INSECURE).some((known) => known === host || known === name) };
}

const listIn = (env: NodeJS.ProcessEnv, name: string): readonly string[] => (env[name] ?? '').split(/[\s,]+/).filter((text) => text !== '');
