import { createReadStream } from 'node:fs';
import { canonicalJson, sha256, type Store } from '../base/node.ts';
import { imageOf } from './image.ts';
import { MEDIA } from './spec/media-types.ts';
import type { BuiltLayer, Descriptor, Image, ImageConfig, Manifest } from './types.ts';
import { verified } from './verified.ts';

/** What the layers do not say by themselves. Annotations go to the manifest: image-spec, annotations.md. */
export type ImageSettings = Omit<ImageConfig, 'rootfs' | 'history'> & {
  readonly annotations?: Readonly<Record<string, string>>;
  /** The lowest layers are another image's, and have its history, empty steps included. */
  readonly below?: { readonly layers: number; readonly history: NonNullable<ImageConfig['history']> };
};

/**
 * An image of layers that lie in the store, lowest first. Config and manifest are canonical JSON (properties in
 * code-unit order), so the same settings and layers give the same digest.
 */
export function imageFromLayers(settings: ImageSettings, layers: readonly BuiltLayer[], store: Store): Image {
  const { annotations, below = { layers: 0, history: [] }, ...rest } = settings;
  const created = rest.created === undefined ? {} : { created: rest.created };
  const config: ImageConfig = {
    ...rest,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    history: [...below.history, ...layers.slice(below.layers).map((layer) => ({ ...created, created_by: layer.createdBy }))],
  };
  const configBytes = jsonBytes(config);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: sha256(configBytes), size: configBytes.length },
    layers: layers.map((layer) => layer.descriptor),
    ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  const manifestBytes = jsonBytes(manifest);
  return imageOf({
    manifest: async () => manifestBytes,
    blob: (descriptor) =>
      descriptor.digest === manifest.config.digest ? verified([configBytes], descriptor) : fromStore(store, descriptor),
  });
}

export const jsonBytes = (value: unknown): Uint8Array => Buffer.from(canonicalJson(value), 'utf8');

async function* fromStore(store: Store, descriptor: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
  yield* verified(createReadStream(await store.pathOf(descriptor.digest), { highWaterMark: 256 * 1024 }), descriptor);
}
