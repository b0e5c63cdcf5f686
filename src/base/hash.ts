import { createHash } from 'node:crypto';

/** An OCI digest: image-spec, "Digests". Plimsoll writes and checks SHA-256 only. */
export type Digest = `sha256:${string}`;

/** The digest of bytes or of UTF-8 text. */
export function sha256(data: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

/** The 64 hexadecimal digits of a digest. */
export const hexOf = (digest: Digest): string => digest.slice('sha256:'.length);

/** True for `sha256:` and 64 lower-case hexadecimal digits. */
export const isDigest = (text: string): text is Digest => /^sha256:[0-9a-f]{64}$/.test(text);

/**
 * One key for plain JSON data, the same whatever order its properties were written in.
 * Throws TypeError on what JSON cannot hold (functions, bigint).
 */
export function keyOf(data: unknown): string {
  return hexOf(sha256(canonicalJson(data)));
}

/** JSON without blanks, properties in code-unit order, `undefined` left out. */
export function canonicalJson(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    if (typeof value === 'function' || typeof value === 'bigint') throw new TypeError(`not JSON: ${typeof value}`);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
