import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { askOracle } from '../../base/oracle.testing.ts';

/** A tar file as a layer of eStargz, by stargz-snapshotter's own code (conformance/estargz), in chunks of 1 MB. */
export function packEstargz(tar: string): { readonly bytes: Buffer; readonly annotations: Readonly<Record<string, string>> } {
  const toc = askOracle('estargz', '', { args: [tar, `${tar}.stargz`, '1000000'] }).trim();
  const bytes = readFileSync(`${tar}.stargz`);
  return {
    bytes,
    annotations: {
      'containerd.io/snapshot/stargz/toc.digest': toc,
      'io.containers.estargz.uncompressed-size': String(gunzipSync(bytes).length),
    },
  };
}
