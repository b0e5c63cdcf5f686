import { createHash } from 'node:crypto';
import type { FileEntry, Files } from '../../base/index.ts';
import { hexOf, keyOf, sha256, type Digest, type Store } from '../../base/node.ts';
import { readContent, scratchBuffer } from '../../image/index.ts';

type FileOf = FileEntry & { readonly type: 'file' };

/** A file that changed so little ago may change again within the same stamp: git's "racy" entries. */
const SETTLED_MS = 2_000;

/**
 * The digests of files, by path. Those on disk are read only when they are new or their stamp says that they changed since
 * the last time: what was seen in `folder` is kept in the store. Throws UserError for a file that cannot be read.
 */
export async function digestsOf(
  entries: readonly FileOf[],
  files: Files,
  folder: string | undefined,
  store: Store,
): Promise<ReadonlyMap<string, Digest>> {
  const key = folder === undefined ? undefined : keyOf({ folder });
  const before = readSeen((key === undefined ? undefined : await store.recall<string>('digests', key)) ?? '');
  const seen: string[] = [];
  const digests = new Map<string, Digest>();
  const scratch = scratchBuffer();
  let isNew = false;
  for (const entry of entries) {
    const { path, onDisk } = entry;
    const known = onDisk && before.get(path);
    const same = known !== undefined && known.slice(HEX + 1) === onDisk?.stamp;
    const digest: Digest = same ? `sha256:${known.slice(0, HEX)}` : await digestOf(entry, files, scratch);
    digests.set(path, digest);
    if (onDisk === undefined || path.includes('\n') || Date.now() - onDisk.changedMs < SETTLED_MS) continue;
    seen.push(`${hexOf(digest)} ${onDisk.stamp}\n${path}\n`);
    isNew ||= !same;
  }
  if (key !== undefined && isNew) await store.remember('digests', key, { value: seen.join(''), blobs: [] });
  return digests;
}

const HEX = 64;

/** Path → digest and stamp. One text, two lines a file: a hundred thousand objects of JSON would be ten times as much memory. */
function readSeen(text: string): ReadonlyMap<string, string> {
  const seen = new Map<string, string>();
  const lines = text.split('\n');
  for (let i = 0; i + 1 < lines.length; i += 2) seen.set(lines[i + 1] ?? '', lines[i] ?? '');
  return seen;
}

async function digestOf({ path, onDisk, sizeBytes }: FileOf, files: Files, scratch: Uint8Array): Promise<Digest> {
  if (onDisk === undefined) return sha256(await files.read(path));
  const hash = createHash('sha256');
  for await (const piece of readContent({ file: onDisk.path, sizeBytes }, scratch)) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
}
