import type { Blob } from '../layout/blob.ts';
import type { Digest } from '../../base/node.ts';
import { contentError } from './errors.ts';
import { resolved, type Answer } from './http.ts';
import type { RegistryJob } from './job.ts';
import type { Repository, Request } from './repository.ts';
import { beforeNextTry } from './retry.ts';

/** What became of a blob: it was there, was mounted from another repository, or was sent. */
export type Upload = 'there' | 'mounted' | 'sent';

interface UploadJob {
  /** A repository of the same registry that may have it. */
  readonly mountFrom: string | undefined;
  readonly job: RegistryJob;
}

/**
 * Sees to it that a repository has a blob: distribution-spec, "Pushing blobs". Sent whole; what breaks off, or is too
 * large for one request, is sent anew in pieces. Throws EnvironmentError when it cannot be had there.
 */
export async function uploadBlob(repository: Repository, blob: Blob, { mountFrom, job }: UploadJob): Promise<Upload> {
  const { digest } = blob.descriptor;
  const about = `blob ${digest}`;
  const head = await repository.send({ method: 'HEAD', path: `blobs/${digest}`, expects: [200, 404], about });
  await head.drop();
  if (head.status === 200) return 'there';
  const mounted = mountFrom === undefined ? undefined : await mount(repository, digest, mountFrom);
  if (mounted?.status === 201) return 'mounted';
  if (!(await sendWhole(repository, blob, mounted && sessionOf(mounted), job))) await inPieces(repository, blob, job);
  return 'sent';
}

/** How often a blob is sent as one; then in pieces, of which not all is lost. */
const WHOLE = 2;

/** False when it broke off, or was too large. Not all registries take pieces, so this comes first. */
async function sendWhole(repository: Repository, blob: Blob, begun: Session | undefined, job: RegistryJob): Promise<boolean> {
  const { digest, size } = blob.descriptor;
  for (let failures = 1; failures <= WHOLE; failures += 1) {
    const session = (failures === 1 && begun) || (await begin(repository, `blob ${digest}`));
    const tried = await repository.try(lastRequest(session, blob, size, streamOf(blob)));
    if ('value' in tried) {
      await tried.value.drop();
      return true;
    }
    if (tried.status === 413) return false;
    await beforeNextTry(tried, failures, job);
  }
  return false;
}

/** Undefined where the registry does not let it be mounted: then it is sent as any other. */
async function mount(repository: Repository, digest: Digest, from: string): Promise<Answer | undefined> {
  const query = new URLSearchParams({ mount: digest, from });
  const tried = await repository.try({ method: 'POST', path: `blobs/uploads/?${query}`, expects: [201, 202], about: `blob ${digest}` });
  if (!('value' in tried)) return undefined;
  await tried.value.drop();
  return tried.value;
}

async function begin(repository: Repository, about: string): Promise<Session> {
  const answer = await repository.send({ method: 'POST', path: 'blobs/uploads/', expects: [202], about });
  await answer.drop();
  return sessionOf(answer);
}

/** Where an upload goes on. */
interface Session {
  readonly url: URL;
  /** The registry takes no smaller pieces. Bytes. */
  readonly leastBytes: number;
}

const sessionOf = ({ headers, url }: Answer): Session => ({
  url: resolved(headers.get('location') ?? '', url),
  leastBytes: Number(/^\d{1,10}$/.exec(headers.get('oci-chunk-min-length') ?? '')?.[0] ?? 0),
});

type Body = NonNullable<Request['body']>['bytes'];

/** What is sent last: the rest of the blob, and its digest. */
function lastRequest({ url }: Session, { descriptor: { digest } }: Blob, sizeBytes: number, bytes: Body): Request {
  const path = new URL(url);
  path.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  return { method: 'PUT', path, headers, body: { sizeBytes, bytes }, expects: [201], about: `blob ${digest}` };
}

const streamOf = (blob: Blob): Body =>
  async function* () {
    yield* blob.read();
  };

/** Small enough to be held in memory six times, large enough that the asking costs nothing. */
const PIECE = 16 * 1024 * 1024;

async function inPieces(repository: Repository, blob: Blob, job: RegistryJob): Promise<void> {
  let session = await begin(repository, `blob ${blob.descriptor.digest}`);
  let from = 0;
  for await (const piece of pieces(blob, Math.max(PIECE, session.leastBytes))) {
    session = await sendPiece(repository, session, piece, from, blob, job);
    from += piece.length;
  }
  const last = await repository.send(lastRequest(session, blob, 0, nothing));
  await last.drop();
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

async function* pieces(blob: Blob, sizeBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of blob.read()) {
    held.push(bytes);
    size += bytes.length;
    if (size < sizeBytes) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
}

/** Sends one piece; after a failure that may pass, only what of it the registry does not have. */
async function sendPiece(
  repository: Repository,
  begun: Session,
  piece: Uint8Array,
  from: number,
  { descriptor }: Blob,
  job: RegistryJob,
): Promise<Session> {
  const about = `blob ${descriptor.digest}`;
  let session = begun;
  let done = 0;
  for (let failures = 1; ; failures += 1) {
    const rest = piece.subarray(done);
    const headers = { 'content-type': 'application/octet-stream', 'content-range': `${from + done}-${from + piece.length - 1}` };
    const body = {
      sizeBytes: rest.length,
      bytes: async function* () {
        yield rest;
      },
    };
    const tried = await repository.try({ method: 'PATCH', path: session.url, headers, body, expects: [202], about });
    if ('value' in tried) {
      await tried.value.drop();
      return sessionOf(tried.value);
    }
    await beforeNextTry(tried, failures, job);
    const status = await repository.send({ method: 'GET', path: session.url, expects: [204], about });
    await status.drop();
    session = sessionOf(status);
    // `0-0` says that nothing is there: one byte alone nobody sends.
    const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(status.headers.get('range') ?? '')?.[1] ?? 0);
    done = Math.min(Math.max(last === 0 ? 0 : last + 1 - from, 0), piece.length);
    if (done === piece.length) return session;
  }
}

/** A manifest or an index, under its digest or a tag: distribution-spec, "Pushing Manifests". What the registry answered. */
async function putManifest(repository: Repository, { descriptor, read }: Blob, reference: string): Promise<Headers> {
  const about = `manifest \`${reference}\``;
  const headers = { 'content-type': descriptor.mediaType };
  const body = { sizeBytes: descriptor.size, bytes: streamOf({ descriptor, read }) };
  const request: Request = { method: 'PUT', path: `manifests/${reference}`, headers, body, expects: [201], about };
  const answer = await repository.send(request);
  await answer.drop();
  return answer.headers;
}

/** Throws ContentError when the registry names another digest than what was sent has. */
export async function pushDocument(repository: Repository, document: Blob, reference: string): Promise<Headers> {
  const headers = await putManifest(repository, document, reference);
  const { digest } = document.descriptor;
  const kept = headers.get('docker-content-digest');
  if (kept !== null && kept !== digest)
    throw contentError(`${repository.host}/${repository.repository}`, `what was pushed as ${digest} is kept as ${kept.slice(0, 80)}`);
  return headers;
}
