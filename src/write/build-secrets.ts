/**
 * What a build needs of the network it runs in, and no image may hold: the bundle of a company's certificate authority,
 * and pip's settings. `--mount=type=secret` of one that was not handed over mounts nothing, so a Dockerfile may always
 * name them (Dockerfile reference, "RUN --mount=type=secret").
 */
export const CA_SECRET = { id: 'ca', path: '/run/secrets/ca' } as const;
/** pip reads this file wherever it is there (pip, "Configuration", "Location"). */
export const PIP_SECRET = { id: 'pip', path: '/etc/pip.conf' } as const;

/** Mounts of a RUN that calls pip. */
export const PIP_SECRET_MOUNTS: readonly string[] = [
  `type=secret,id=${CA_SECRET.id}`,
  `type=secret,id=${PIP_SECRET.id},target=${PIP_SECRET.path}`,
];
