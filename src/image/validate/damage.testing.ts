import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sha256 } from '../../base/node.ts';
import { encodeHead, type TarHead } from '../index.ts';
import type { Parts, SoundLayout } from './broken-layout.testing.ts';

/** What was broken, by what, how it is told, and the section of the specification that forbids it. */
export type Case = readonly [string, () => unknown, 'error' | 'note', RegExp, string];

export const head = (path: string, more: Partial<TarHead> = {}): Uint8Array =>
  encodeHead({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, sizeBytes: 0, mtimeSeconds: 0, ...more });
export const END = Buffer.alloc(1024);
export const tar = (...heads: readonly Uint8Array[]): Buffer => Buffer.concat([...heads, END]);
export const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
export const OCI = 'application/vnd.oci.image';
export const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256('{}'), size: 2 };

/** Ways to break a layout, each by one change with digests that fit. */
export function damages({ out, parts, put, change }: SoundLayout) {
  const run = (config: Readonly<Record<string, unknown>>) => () => change((all) => (all.config['config'] = config));
  const manifest = (edit: (manifest: Parts['manifest']) => unknown) => () => change((all) => void edit(all.manifest));
  const layer = (fields: Readonly<Record<string, unknown>>) => manifest((it) => (it.layers[0] = { ...it.layers[0]!, ...fields }));
  const writeIndex = (index: unknown): void => writeFileSync(join(out(), 'index.json'), JSON.stringify(index));
  const indexJson = (edit: (index: Parts['index']) => unknown) => () => {
    const { index } = parts();
    edit(index);
    writeIndex(index);
  };
  /** A whole layer in the place of the first, with everything that depends on it. */
  const tarIs = (tar: Uint8Array, packed: Uint8Array = gzipSync(tar), mediaType?: string) =>
    change(({ manifest: it, config }) => {
      it.layers[0] = { ...it.layers[0]!, ...put(packed), ...(mediaType === undefined ? {} : { mediaType }) };
      config.rootfs.diff_ids[0] = sha256(tar);
    });
  /** An artifact in index.json, beside the image. */
  const attach =
    (fields: Readonly<Record<string, unknown>>, named: Readonly<Record<string, unknown>> = {}) =>
    () => {
      put(Buffer.from('{}'));
      const { index } = parts();
      const bytes = json({
        schemaVersion: 2,
        mediaType: `${OCI}.manifest.v1+json`,
        artifactType: 'application/x-sbom',
        config: EMPTY,
        layers: [EMPTY],
        ...fields,
      });
      writeIndex({ ...index, manifests: [...index.manifests, { mediaType: `${OCI}.manifest.v1+json`, ...put(bytes), ...named }] });
    };
  /** The index of index.json in a blob of its own, changed. */
  const nested = (edit: (index: Parts['index']) => unknown) => () => {
    const { index } = parts();
    edit(index);
    writeIndex({ schemaVersion: 2, manifests: [{ mediaType: `${OCI}.index.v1+json`, ...put(json(index)) }] });
  };
  return { run, manifest, layer, writeIndex, indexJson, tarIs, attach, nested };
}

export type Damages = ReturnType<typeof damages>;
