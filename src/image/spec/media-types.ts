/** image-spec, media-types.md. */
export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const;

/** The older names of the same things, as Docker registries still serve them: media-types.md, "Compatibility Matrix". */
export const DOCKER_MEDIA = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
  layerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

/** image-spec, layer.md, "Non-Distributable Layers": deprecated, still found. */
const FOREIGN =
  /^application\/vnd\.oci\.image\.layer\.nondistributable\.v1\.tar|^application\/vnd\.docker\.image\.rootfs\.foreign\.diff\.tar/;

/** A layer that no registry holds: it lies at the addresses in its descriptor. */
export const isForeign = (mediaType: string): boolean => FOREIGN.test(mediaType);

export const isIndex = (mediaType: string): boolean => mediaType === MEDIA.index || mediaType === DOCKER_MEDIA.index;
export const isManifest = (mediaType: string): boolean => mediaType === MEDIA.manifest || mediaType === DOCKER_MEDIA.manifest;
export const isConfig = (mediaType: string): boolean => mediaType === MEDIA.config || mediaType === DOCKER_MEDIA.config;

/** Whether a name is of Docker's family. */
export const isDockerType = (mediaType: string): boolean => mediaType.startsWith('application/vnd.docker.');

/** How a layer of this media type is compressed; undefined when it is no layer. */
export function compressionOf(mediaType: string): 'none' | 'gzip' | 'zstd' | undefined {
  const known: Readonly<Record<string, 'none' | 'gzip' | 'zstd'>> = {
    [MEDIA.layer]: 'none',
    [MEDIA.layerGzip]: 'gzip',
    [MEDIA.layerZstd]: 'zstd',
    [DOCKER_MEDIA.layer]: 'none',
    [DOCKER_MEDIA.layerGzip]: 'gzip',
  };
  if (!FOREIGN.test(mediaType)) return known[mediaType];
  return /[+.]gzip$/.test(mediaType) ? 'gzip' : /[+.]zstd$/.test(mediaType) ? 'zstd' : 'none';
}

/** OCI's name of what a layer of this media type holds: the same bytes have one in each family. */
export const ociMediaType = (mediaType: string): string =>
  ({
    [DOCKER_MEDIA.layer]: MEDIA.layer as string,
    [DOCKER_MEDIA.layerGzip]: MEDIA.layerGzip as string,
    'application/vnd.docker.image.rootfs.foreign.diff.tar': 'application/vnd.oci.image.layer.nondistributable.v1.tar',
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip': 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  })[mediaType] ?? mediaType;
