/**
 * What a build needs of the network it runs in, and no image may hold: the bundle of a company's certificate authority,
 * and the settings of pip and uv. `--mount=type=secret` of one that was not handed over mounts nothing, so a Dockerfile may always
 * name them (Dockerfile reference, "RUN --mount=type=secret").
 */
export const CA_SECRET = { id: 'ca', path: '/run/secrets/ca' } as const;
/** pip reads this file wherever it is there (pip, "Configuration", "Location"). */
export const PIP_SECRET = { id: 'pip', path: '/etc/pip.conf' } as const;
/** uv reads this file wherever it is there (uv, "Configuration files"). */
export const UV_SECRET = { id: 'uv', path: '/etc/uv/uv.toml' } as const;
/**
 * Where uv looks first for the authorities of the system, whatever the distribution (rustls-native-certs, openssl-probe):
 * a file of settings cannot name another.
 */
const SYSTEM_CA = '/etc/ssl/certs/ca-certificates.crt';

/** Mounts of a RUN that calls pip. */
export const PIP_SECRET_MOUNTS: readonly string[] = [
  `type=secret,id=${CA_SECRET.id}`,
  `type=secret,id=${PIP_SECRET.id},target=${PIP_SECRET.path}`,
];

/** Mounts of a RUN that calls Poetry, which reads no settings but its own. */
export const POETRY_SECRET_MOUNTS: readonly string[] = [`type=secret,id=${CA_SECRET.id}`];

/**
 * Poetry's own settings name authorities only by repository; the library that it asks through (requests, "SSL Cert
 * Verification") takes them from a variable, which may not name what is not there.
 */
export const POETRY_AUTHORITIES = `if [ -f ${CA_SECRET.path} ]; then export REQUESTS_CA_BUNDLE=${CA_SECRET.path}; fi`;

/** Mounts of a RUN that calls uv. */
export const UV_SECRET_MOUNTS: readonly string[] = [
  `type=secret,id=${CA_SECRET.id},target=${SYSTEM_CA}`,
  `type=secret,id=${UV_SECRET.id},target=${UV_SECRET.path}`,
];
