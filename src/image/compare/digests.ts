import type { Digest } from '../../base/node.ts';
import { prepareDigests, type PlacedContent, type ScannedLayer } from '../scan/index.ts';
import { brokenTar } from '../tar/index.ts';
import type { LookedThrough } from './summary.ts';

/** Of contents, by path. */
export type Digests = ReadonlyMap<string, Digest>;

/**
 * The digests without which it cannot be said whether two images have the same contents: of files at the same path, of
 * the same size, that are not one and the same file of a layer that both have.
 */
export async function neededDigests(before: LookedThrough, after: LookedThrough): Promise<readonly [Digests, Digests]> {
  const pairs = [...before.tree.entries.keys()].flatMap((path) => {
    const [was, is] = [placedAt(before, path), placedAt(after, path)];
    return was && is && was.content.sizeBytes === is.content.sizeBytes && !isSame(was, is) ? [{ path, was, is }] : [];
  });
  await prepareDigests(pairs.flatMap(({ was, is }) => [was, is]));
  const digestOf = digestReader();
  return [
    new Map(pairs.map(({ path, was }) => [path, digestOf(was, path)])),
    new Map(pairs.map(({ path, is }) => [path, digestOf(is, path)])),
  ];
}

interface Placed {
  readonly layer: ScannedLayer;
  readonly content: PlacedContent;
}

function placedAt({ tree, scanned }: LookedThrough, path: string): Placed | undefined {
  const { content, sizeBytes = 0 } = tree.entries.get(path) ?? {};
  const layer = content && scanned[content.layer];
  return layer && sizeBytes > 0 ? { layer, content: { ...content, sizeBytes } } : undefined;
}

const isSame = (was: Placed, is: Placed): boolean => was.layer === is.layer && was.content.offset === is.content.offset;

/** What has several names is read once. */
function digestReader(): (placed: Placed, path: string) => Digest {
  const known = new Map<ScannedLayer, Map<number, Digest>>();
  return ({ layer, content }, path) => {
    let ofLayer = known.get(layer);
    if (!ofLayer) known.set(layer, (ofLayer = new Map()));
    const digest = ofLayer.get(content.offset) ?? layer.contents.digest(content);
    if (digest === undefined) throw brokenTar(`/${path}`, content.offset, 'it ends in the middle of the file');
    ofLayer.set(content.offset, digest);
    return digest;
  };
}
