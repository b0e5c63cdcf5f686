import { join } from 'node:path';
import type { Request, Tool } from './tool.ts';

/** Where a tool leaves what it built. */
const archiveIn = ({ scratch }: Request): string => join(scratch, 'image.tar');
/** Where docker and podman write the id of what they built. */
export const idFileIn = ({ scratch }: Request): string => join(scratch, 'id');

const each = (flag: string, values: readonly string[] = []): string[] => values.flatMap((value) => [flag, value]);
const platformOf = ({ platform }: Request): string => `${platform.os}/${platform.architecture}`;

/** buildctl, which talks to a buildkitd on this machine or elsewhere. It alone writes an OCI layout by itself. */
export const buildkit: Tool = {
  id: 'buildkit',
  probe: (address) => [{ argv: ['buildctl', ...addressOf(address), 'debug', 'workers'] }],
  howToGet: 'install BuildKit (github.com/moby/buildkit), start `buildkitd`, and say where it listens: BUILDKIT_HOST or `--buildkit-addr`',
  lacks: [],
  build: (request) => ({
    argv: [
      'buildctl',
      ...addressOf(request.address),
      'build',
      ...each('--frontend', ['dockerfile.v0']),
      ...each('--progress', ['plain']),
      ...each('--local', [`context=${request.context}`, `dockerfile=${request.context}`]),
      ...each('--opt', frontendOptions(request)),
      ...(request.network === 'host' ? ['--allow', 'network.host'] : []),
      ...each('--secret', request.secrets),
      ...each('--import-cache', request.cacheFrom),
      ...each('--export-cache', request.cacheTo),
      ...each('--output', [`type=oci,dest=${archiveIn(request)}`]),
    ],
  }),
  image: (request) => `oci-archive:${archiveIn(request)}`,
};

const addressOf = (address: string | undefined): string[] => (address === undefined ? [] : ['--addr', address]);

/** BuildKit, frontend/dockerfile/docs/reference.md and frontend/dockerui/attr.go. */
const frontendOptions = (request: Request): string[] => [
  `filename=${request.dockerfile}`,
  `platform=${platformOf(request)}`,
  `build-arg:SOURCE_DATE_EPOCH=${request.createdSeconds}`,
  ...(request.target === undefined ? [] : [`target=${request.target}`]),
  ...(request.network === undefined || request.network === 'default' ? [] : [`force-network-mode=${request.network}`]),
  ...(request.buildArgs ?? []).map((arg) => `build-arg:${withValue(arg)}`),
  ...attestations(request),
];

/** BuildKit, docs/attestations/README.md. */
const attestations = ({ provenance, sbom }: Request): string[] => [
  ...(provenance === undefined ? [] : [`attest:provenance=mode=${provenance}`]),
  ...(sbom === undefined ? [] : [`attest:sbom=${sbom === true ? '' : `generator=${sbom.generator}`}`]),
];

/** buildctl takes no value from the environment by itself. */
const withValue = (arg: string): string => (arg.includes('=') ? arg : `${arg}=${process.env[arg] ?? ''}`);

/** What `docker build` and `podman build` read alike. */
const shared = (request: Request): string[] => [
  ...each('--file', [join(request.context, request.dockerfile)]),
  ...each('--iidfile', [idFileIn(request)]),
  ...each('--platform', [platformOf(request)]),
  ...(request.target === undefined ? [] : ['--target', request.target]),
  ...(request.network === undefined ? [] : ['--network', request.network]),
  ...each('--build-arg', request.buildArgs),
  ...each('--secret', request.secrets),
  ...each('--cache-from', request.cacheFrom),
];

const ASK_BUILDKIT = { DOCKER_BUILDKIT: '1', BUILDKIT_PROGRESS: 'plain' };

/** The BuildKit within dockerd. Clients from version 23 on reach it by their plugin buildx alone, and say so when asked for help. */
export const docker: Tool = {
  id: 'docker',
  probe: () => [
    { argv: ['docker', 'version', '--format', '{{.Server.Version}}'] },
    { argv: ['docker', 'build', '--help'], env: ASK_BUILDKIT },
  ],
  howToGet: 'install Docker Engine with its plugin buildx and start it, or say where it is: DOCKER_HOST',
  lacks: ['cacheTo', 'address', 'provenance', 'sbom'],
  build: (request) => ({
    argv: ['docker', 'build', ...shared(request), request.context],
    env: ASK_BUILDKIT,
  }),
  save: (request, id) => ({ argv: ['docker', 'save', '--output', archiveIn(request), id] }),
  image: (request) => `docker-archive:${archiveIn(request)}`,
};

/**
 * podman, no daemon. In Docker's format: OCI's config has no field for HEALTHCHECK, and podman leaves it out there.
 * BUILDAH_ISOLATION reaches it from the environment: `chroot` builds where no container may be made.
 */
export const podman: Tool = {
  id: 'podman',
  probe: () => [{ argv: ['podman', 'version', '--format', '{{.Client.Version}}'] }],
  howToGet: 'install podman (Debian: `apt-get install podman uidmap`)',
  lacks: ['address', 'provenance', 'sbom'],
  build: (request) => ({
    argv: [
      'podman',
      'build',
      '--format',
      'docker',
      '--layers',
      ...shared(request),
      ...each('--cache-to', request.cacheTo),
      request.context,
    ],
  }),
  save: (request, id) => ({ argv: ['podman', 'save', '--quiet', '--format', 'docker-archive', '--output', archiveIn(request), id] }),
  image: (request) => `docker-archive:${archiveIn(request)}`,
};
