import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { hexOf, openStore, sha256, type Digest, type Store } from '../../base/node.ts';
import { imageFromLayers, writeLayer, writeLayout, type Descriptor } from '../index.ts';

type Json = Record<string, unknown>;
export interface Parts {
  readonly index: Json & { manifests: Descriptor[] };
  readonly manifest: Json & { config: Descriptor; layers: Descriptor[] };
  readonly config: Json & { rootfs: { diff_ids: Digest[] } };
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** A layout of one sound image, fresh for each test of a file, and ways to break it. */
export function soundLayout(config: { readonly User?: string } = {}) {
  let folder: string;
  let store: Store;
  let out: string;
  const fresh = (): string => {
    out = mkdtempSync(join(folder, 'out-'));
    cpSync(join(folder, 'good'), out, { recursive: true });
    return out;
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-validate-'));
    store = await openStore(join(folder, 'store'));
    const file = { type: 'file', path: 'a', mode: 0o644, uid: 0, gid: 0, content: Buffer.from('a') } as const;
    const layer = await writeLayer([file], { mtimeSeconds: 0, createdBy: 'x' }, store);
    await writeLayout(join(folder, 'good'), [imageFromLayers({ architecture: 'amd64', os: 'linux', config }, [layer], store)], 'tag');
  });
  beforeEach(fresh);
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return { folder: () => folder, out: () => out, fresh, ...layoutAt(() => out) };
}

function layoutAt(out: () => string) {
  const blobAt = (digest: Digest): string => join(out(), 'blobs/sha256', hexOf(digest));

  function parts(): Parts {
    const index = readJson<Parts['index']>(join(out(), 'index.json'));
    const manifest = readJson<Parts['manifest']>(blobAt(index.manifests[0]!.digest));
    return { index, manifest, config: readJson<Parts['config']>(blobAt(manifest.config.digest)) };
  }

  function put(bytes: Uint8Array): { digest: Digest; size: number } {
    const digest = sha256(bytes);
    writeFileSync(blobAt(digest), bytes);
    return { digest, size: bytes.length };
  }

  /** Writes the layout again after a change, with digests that fit, so that only the change itself is wrong. */
  function change(edit: (all: Parts) => void): void {
    const { index, manifest, config } = parts();
    const before = manifest.config;
    const old = [index.manifests[0]!, manifest.config, ...manifest.layers].map(({ digest }) => digest);
    edit({ index, manifest, config });
    if (manifest.config === before) manifest.config = { ...before, ...put(Buffer.from(JSON.stringify(config))) };
    index.manifests[0] = { ...index.manifests[0]!, ...put(Buffer.from(JSON.stringify(manifest))) };
    writeFileSync(join(out(), 'index.json'), JSON.stringify(index));
    // What nothing names any more would be a finding of its own.
    const text = JSON.stringify([index, manifest]);
    for (const digest of old) if (!text.includes(digest)) rmSync(blobAt(digest), { force: true });
  }
  return { blobAt, parts, put, change };
}

export type SoundLayout = ReturnType<typeof soundLayout>;
