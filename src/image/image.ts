import { EnvironmentError } from '../base/index.ts';
import { sha256 } from '../base/node.ts';
import { DOCUMENT_LIMIT, readConfig, readManifest, sound } from './spec/documents.ts';
import { compressionOf } from './spec/media-types.ts';
import type { Image, ImageConfig, ImageCore, ImageLayer, Manifest } from './types.ts';
import { collect, decompressed } from './verified.ts';

/** Derives everything that an Image offers from its core. Each part is read when it is asked for, once. */
export function imageOf(core: ImageCore): Image {
  const manifest = once(() => core.manifest());
  const parsedManifest = once(async () => sound(readManifest(await manifest()), 'the manifest'));
  const config = once(async () => {
    const descriptor = (await parsedManifest()).config;
    return sound(readConfig(await collect(core.blob(descriptor), DOCUMENT_LIMIT, 'the config')), 'the config');
  });
  return {
    manifest,
    blob: (descriptor) => core.blob(descriptor),
    ...(core.place ? { place: core.place } : {}),
    ...(core.jumped ? { jumped: core.jumped } : {}),
    attestations: core.attestations ?? [],
    attached: once(async () => (await core.attached?.()) ?? []),
    digest: once(async () => sha256(await manifest())),
    parsedManifest,
    config,
    layers: once(async () => layersOf(core, await parsedManifest(), await config())),
  };
}

function layersOf(core: ImageCore, manifest: Manifest, config: ImageConfig): readonly ImageLayer[] {
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== manifest.layers.length)
    throw new EnvironmentError(
      `the manifest has ${manifest.layers.length} layers, the config ${diffIds.length}`,
      '`plimsoll validate` lists all that is wrong; make or fetch the image again',
    );
  const history = (config.history ?? []).filter((step) => step.empty_layer !== true);
  return manifest.layers.map((descriptor, index) => {
    const createdBy = history.length === diffIds.length ? history[index]?.created_by : undefined;
    const diffId = diffIds[index]!;
    return {
      descriptor,
      diffId,
      ...(createdBy === undefined ? {} : { createdBy }),
      tar: () => decompressed(core.blob(descriptor), descriptor, diffId),
      place: async () => (compressionOf(descriptor.mediaType) === 'none' ? core.place?.(descriptor) : undefined),
      ...(core.jumped ? { jumped: async () => core.jumped?.(descriptor, diffId) } : {}),
      ...(core.fetch ? { fetch: async () => core.fetch?.(descriptor) } : {}),
    };
  });
}

/** Asked again after a failure, it tries again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
