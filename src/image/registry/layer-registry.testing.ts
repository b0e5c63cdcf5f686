import { sha256 } from '../../base/node.ts';
import { startDouble } from './registry.testing.ts';

/** A registry of one image of one layer, which sends parts. */
export interface LayerRegistry {
  /** Of the image. */
  readonly name: string;
  /** What was sent of the layer since it was put there, and how often it was sent as a whole. */
  readonly sent: { bytes: number; whole: number };
  sendsParts: boolean;
  /** `diffId`: of its tar. */
  serve(layer: {
    readonly blob: Uint8Array;
    readonly mediaType: string;
    readonly annotations: Readonly<Record<string, string>>;
    readonly diffId: string;
  }): void;
  stop(): Promise<void>;
}

export async function startLayerRegistry(): Promise<LayerRegistry> {
  const served = new Map<string, { readonly bytes: Buffer; readonly type: string }>();
  const sent = { bytes: 0, whole: 0 };
  let layerDigest = '';
  const double = await startDouble((request, response) => {
    const name = (request.url ?? '').split('/').at(-1)!;
    const found = served.get(name);
    if (!found) return response.writeHead(request.url === '/v2/' ? 200 : 404).end();
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(registry.sendsParts ? (request.headers.range ?? '') : '') ?? [];
    const part = from === undefined ? found.bytes : found.bytes.subarray(Number(from), Number(to) + 1);
    if (name === layerDigest) {
      sent.bytes += part.length;
      sent.whole += request.headers.range === undefined ? 1 : 0;
    }
    const headers = { 'content-type': found.type, 'content-length': part.length };
    const range = from === undefined ? {} : { 'content-range': `bytes ${from}-${to}/${found.bytes.length}` };
    return response.writeHead(from === undefined ? 200 : 206, { ...headers, ...range }).end(part);
  });
  const put = (bytes: Uint8Array | string, mediaType: string) => {
    const made = Buffer.from(bytes);
    served.set(sha256(made), { bytes: made, type: mediaType });
    return { mediaType, digest: sha256(made), size: made.length };
  };
  const registry: LayerRegistry = {
    name: `${double.host}/team/app:1`,
    sent,
    sendsParts: true,
    serve({ blob, mediaType, annotations, diffId }) {
      served.clear();
      Object.assign(sent, { bytes: 0, whole: 0 });
      const layer = { ...put(blob, mediaType), annotations };
      layerDigest = layer.digest;
      const document = { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [diffId] } };
      const config = put(JSON.stringify(document), 'application/vnd.oci.image.config.v1+json');
      const type = 'application/vnd.oci.image.manifest.v1+json';
      const manifest = put(JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [layer] }), type);
      served.set('1', served.get(manifest.digest)!);
    },
    stop: double.stop,
  };
  return registry;
}
