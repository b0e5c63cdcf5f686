import { isAttestation } from '../attestations.ts';
import { DOCUMENT_LIMIT, readConfig, readIndex, readManifest } from '../spec/documents.ts';
import { isIndex } from '../spec/media-types.ts';
import type { Descriptor, Platform } from '../types.ts';
import { collect } from '../verified.ts';
import type { Digest } from '../../base/node.ts';
import type { RegistryJob } from './job.ts';
import type { RegistryName } from './name.ts';
import { openSource, type Source } from './pull.ts';

/** What a name stands for now. */
export interface TagState {
  /** Of the index where there is one, which stands for all platforms; else of the manifest. */
  readonly digest: Digest;
  /** `linux/arm64/v8`, of an index; empty for one image. */
  readonly platforms: readonly string[];
  /** When it was made, as its annotation or the config of its first image says; RFC 3339. */
  readonly created?: string;
}

const CREATED = 'org.opencontainers.image.created';

/**
 * Asks the registry, or a mirror of it, what a name stands for. Throws UserError when it has none, EnvironmentError when
 * it cannot be asked.
 */
export async function stateOfTag(name: RegistryName, job: RegistryJob): Promise<TagState> {
  const source = await openSource(name, job);
  const { descriptor, bytes } = source.top;
  const index = isIndex(descriptor.mediaType) ? readIndex(bytes).value : undefined;
  const images = (index?.manifests ?? []).filter((each) => !isAttestation(each) && each.platform?.os !== 'unknown');
  const created = index?.annotations?.[CREATED] ?? (await createdOf(source, index ? images[0] : descriptor));
  const platforms = images.flatMap(({ platform }) => (platform ? [shown(platform)] : []));
  return { digest: descriptor.digest, platforms, ...(created === undefined ? {} : { created }) };
}

const shown = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');

/** Only a date: what cannot be read of it is left to `validate`. */
async function createdOf(source: Source, image: Descriptor | undefined): Promise<string | undefined> {
  if (image === undefined || isIndex(image.mediaType)) return undefined;
  const manifest = readManifest(await source.document(image)).value;
  if (manifest === undefined) return undefined;
  return readConfig(await collect(source.blob(manifest.config), DOCUMENT_LIMIT, 'the config')).value?.created;
}
