import { atOnce } from '../../base/index.ts';
import { readLayerEntries, readLayerHeads, recordOfHead, type KeptRecord, type LayerRecord } from '../layer/read.ts';
import type { Bytes, JumpedTar, Place } from '../tar/index.ts';
import type { ImageLayer } from '../types.ts';
import { AT_ONCE } from '../registry/job.ts';
import { prepareContents } from './prepare.ts';
import { contentsAt, contentsBy, contentsInPassing, type Asks, type Contents, type WantsText } from './contents.ts';

/** What a layer says of its files, without the files. */
export interface ScannedLayer {
  readonly records: readonly KeptRecord[];
  /** Bytes of the uncompressed tar. */
  readonly tarBytes: number;
  readonly contents: Contents;
  /** Brings what will be asked for, where that is not on this disk. */
  readonly prepare?: JumpedTar['prepare'];
  close(): void;
}

/** `name` is what errors call it; by default by its number. */
export type LayerToScan = Pick<ImageLayer, 'tar' | 'place' | 'jumped' | 'fetch'> & { readonly name?: string };

/**
 * Looks through the layers of an image without keeping them. A layer that lies uncompressed on this disk, whole or in
 * pieces, or comes in parts, is jumped through, and its contents read where they are asked for; that is not checked
 * against any digest. Others are unpacked, checked, and looked at in passing.
 * Throws EnvironmentError when a layer is broken.
 */
export async function scanLayers(
  layers: readonly LayerToScan[],
  wantsText: WantsText,
  asks: Asks = 'texts',
): Promise<readonly ScannedLayer[]> {
  await atOnce(layers, AT_ONCE, async (layer) => layer.fetch?.());
  const scanned: ScannedLayer[] = [];
  let hasPassed = false;
  for (const [index, layer] of layers.entries()) {
    const { name = `layer ${index + 1}` } = layer;
    const jumped = await layer.jumped?.();
    const place = jumped ? undefined : await layer.place?.();
    if (jumped) scanned.push(scanJumped(jumped, name, wantsText));
    else if (place) scanned.push(scanPlace(place, name, wantsText));
    else {
      hasPassed = true;
      scanned.push(await scanPassing(layer.tar(), name, wantsText, asks));
    }
  }
  // Of what has passed no part can be read again: then all files are told apart by their digests.
  const alike = hasPassed ? scanned.map((layer) => ({ ...layer, contents: { ...layer.contents, part: () => undefined } })) : scanned;
  await prepareContents(alike, wantsText, asks);
  return alike;
}

function scanPlace(place: Place, name: string, wantsText: WantsText): ScannedLayer {
  const records = [...readLayerHeads(place, name)];
  const contents = contentsAt(place, wantsText);
  return { records, tarBytes: place.sizeBytes, contents, close: contents.close };
}

function scanJumped({ heads, sizeBytes, readAt, saidDigest, prepare, close }: JumpedTar, name: string, wantsText: WantsText): ScannedLayer {
  const records = heads.map((head) => recordOfHead(head, name));
  return { records, tarBytes: sizeBytes, contents: contentsBy(readAt, wantsText, saidDigest), ...(prepare ? { prepare } : {}), close };
}

/** Of a tar as it comes. */
export async function scanPassing(tar: Bytes, name: string, wantsText: WantsText, asks: Asks): Promise<ScannedLayer> {
  let tarBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of tar) {
      tarBytes += piece.length;
      yield piece;
    }
  }
  const records: KeptRecord[] = [];
  const contents = contentsInPassing(wantsText, asks);
  for await (const record of readLayerEntries(counted(), name)) {
    if (record.type === 'file') await contents.pass(record, record.content());
    records.push(withoutContent(record));
  }
  return { records, tarBytes, contents, close() {} };
}

/** A record that may be kept. */
function withoutContent(record: LayerRecord): KeptRecord {
  if (record.type !== 'file') return record;
  const { content: _, ...rest } = record;
  return rest;
}
