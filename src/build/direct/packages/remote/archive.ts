import { createHash } from 'node:crypto';
import { EnvironmentError, messageOf, UserError } from '../../../../base/index.ts';
import type { Digest, Store } from '../../../../base/node.ts';
import { filled, hidden } from './filled.ts';
import { TREE_LIMIT } from './tree.ts';
import type { RemoteSource } from './source.ts';

const LIMIT_MS = 300_000;

type ArchiveSource = RemoteSource & { readonly from: { readonly kind: 'archive' } };

/**
 * Brings an archive into the store, and returns its digest. `sha256`: what it must be, where that is known.
 * Throws UserError for another one, EnvironmentError where it cannot be had.
 */
export async function fetchArchive(source: ArchiveSource, sha256: string | undefined, store: Store, signal?: AbortSignal): Promise<Digest> {
  const known: Digest | undefined = sha256 === undefined ? undefined : `sha256:${sha256}`;
  if (known && (await store.has(known))) return known;
  const bytes = await download(source, signal);
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (known && digest !== known)
    throw new UserError(
      `\`${source.name}\`: what ${hidden(source.url, source)} serves is ${digest}, not ${known}`,
      'find out why it changed; where that is meant, lock anew (`plimsoll pin --update`)',
      source.at,
    );
  return (await store.put(bytes)).digest;
}

async function download(source: ArchiveSource, signal?: AbortSignal): Promise<Uint8Array> {
  const { name, url, from } = source;
  const full = filled(from.address, source);
  if (!URL.canParse(full)) throw new UserError(`the URL of \`${name}\` is none`, 'mend it', source.at);
  const { address, login } = parted(full);
  const signals = [AbortSignal.timeout(LIMIT_MS), ...(signal ? [signal] : [])];
  const cannot = (why: string): EnvironmentError =>
    new EnvironmentError(
      `\`${name}\` cannot be fetched from ${hidden(url, source)}: ${why}`,
      'check the address and the network',
      'transient',
    );
  try {
    // fetch() sends no such header on to another host.
    const answer = await fetch(address, { signal: AbortSignal.any(signals), ...(login ? { headers: { authorization: login } } : {}) });
    if (!answer.ok || !answer.body) throw cannot(`HTTP ${answer.status}`);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of answer.body) {
      if ((size += piece.length) > TREE_LIMIT) throw cannot(`it is larger than ${TREE_LIMIT} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EnvironmentError) throw error;
    throw cannot(hidden(messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error), source));
  }
}

/** fetch() takes no login in a URL. */
function parted(address: string): { readonly address: string; readonly login?: string } {
  const url = new URL(address);
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { address: url.href, ...(login === ':' ? {} : { login: `Basic ${Buffer.from(login).toString('base64')}` }) };
}
