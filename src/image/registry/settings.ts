import { UserError } from '../../base/index.ts';

/** A registry to talk to. */
export interface Endpoint {
  readonly host: string;
  /** Plain http is allowed. */
  readonly insecure: boolean;
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
    return { registry, host: mirror, insecure: plain !== undefined || isInsecure(mirror, env) };
  });
  return [
    ...mirrors.filter(({ registry }) => registry === host).map(({ host: mirror, insecure }) => ({ host: mirror, insecure })),
    endpointOf(host, env),
  ];
}

/** The registry itself: what is pushed goes there. */
export const endpointOf = (host: string, env: NodeJS.ProcessEnv): Endpoint => ({ host, insecure: isInsecure(host, env) });

/** Registries of this machine, as Docker has it, and those of `PLIMSOLL_INSECURE_REGISTRIES` (hosts, with commas). */
function isInsecure(host: string, env: NodeJS.ProcessEnv): boolean {
  const name = host.replace(/:\d+$/, '');
  return (
    name === 'localhost' ||
    /^127(\.\d{1,3}){3}$/.test(name) ||
    name === '[::1]' ||
    listIn(env, INSECURE).some((known) => known === host || known === name)
  );
}

const listIn = (env: NodeJS.ProcessEnv, name: string): readonly string[] => (env[name] ?? '').split(/[\s,]+/).filter((text) => text !== '');
