import { createHash } from 'node:crypto';
import { readLayerEntries, type Image } from '../../image/index.ts';

/** Where dpkg keeps what its packages brought, and where images without dpkg do (read by Trivy, Syft and Grype). */
const SUMS = /^var\/lib\/dpkg\/(?:info|status\.d)\/[^/]+\.md5sums$/;

/**
 * Those of these files that are as a Debian package delivers them, by layer (from 0) and path: `0 usr/lib/…`. What stands
 * in such a file is published with the package; GnuTLS carries the keys that it tests itself with. The sums are the image's
 * own (deb-md5sums(5)): they tell a secret that slipped in from a published file, and nothing about an image that lies.
 */
export async function vouchedByDebian(
  image: Image,
  files: readonly { readonly layer: number; readonly path: string }[],
): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const asked = new Set(files.map(keyOf));
  const delivered = new Map<string, Set<string>>();
  const actual = new Map<string, { path: string; sum: string }>();
  for (const [index, layer] of (await image.layers()).entries())
    for await (const record of readLayerEntries(layer.tar(), `layer ${index + 1}`)) {
      if (record.type !== 'file') continue;
      const { path } = record;
      const key = keyOf({ layer: index, path });
      if (asked.has(key)) actual.set(key, { path, sum: await md5Of(record.content()) });
      else if (SUMS.test(path))
        for (const [, sum = '', name = ''] of (await textOf(record.content())).matchAll(/^([0-9a-f]{32}) [ *](\S.*)$/gm))
          delivered.set(name, (delivered.get(name) ?? new Set()).add(sum));
    }
  return new Set([...actual].flatMap(([key, { path, sum }]) => (namesOf(path).some((name) => delivered.get(name)?.has(sum)) ? [key] : [])));
}

export const keyOf = ({ layer, path }: { readonly layer: number; readonly path: string }): string => `${layer} ${path}`;

/** Packages made before the merge of /usr name `lib/x` what lies in `usr/lib/x`. */
const namesOf = (path: string): readonly string[] => [path, ...(path.startsWith('usr/') ? [path.slice('usr/'.length)] : [])];

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function md5Of(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5'); // what dpkg writes; not for security
  for await (const piece of content) hash.update(piece);
  return hash.digest('hex');
}
