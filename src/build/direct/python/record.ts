import { createHash } from 'node:crypto';
import { recordedPath } from '../../../image/index.ts';

/**
 * RECORD of an installed distribution (PEP 376, PEP 627): path, hash, size. Given what changed after the installer
 * wrote it, returns the text with new hashes, sizes and paths, in the same order.
 */
export function updateRecord(
  record: string,
  changed: ReadonlyMap<string, { readonly path?: string; readonly bytes?: Uint8Array }>,
): string {
  return record
    .split('\n')
    .map((line) => {
      const path = recordedPath(line);
      const change = changed.get(path);
      if (!change) return line;
      const rest = change.bytes ? `sha256=${urlSafe(change.bytes)},${change.bytes.length}` : line.slice(quoted(path).length + 1);
      return `${quoted(change.path ?? path)},${rest}`;
    })
    .join('\n');
}

const quoted = (path: string): string => (/[",]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path);

/** PEP 427: urlsafe base64 without padding. */
const urlSafe = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url');
