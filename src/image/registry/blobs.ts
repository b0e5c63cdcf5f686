import type { Descriptor } from '../types.ts';
import { contentError } from './errors.ts';
import type { Answer } from './http.ts';
import type { RegistryJob } from './job.ts';
import type { Repository } from './repository.ts';
import { beforeNextTry, failureOf, type Failure } from './retry.ts';

/**
 * The bytes of a blob as the registry serves them; where the connection breaks off, the rest is asked for (RFC 9110,
 * section 14). Neither digest nor size are checked to the end: that is for who reads. Throws ContentError for a blob that
 * is not there or has another size, EnvironmentError when it cannot be had.
 */
export async function* blobBytes(repository: Repository, blob: Descriptor, job: RegistryJob): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  for (let failures = 1; ; failures += 1) {
    const before = received;
    let failure = await askFor(repository, blob, received);
    if ('value' in failure)
      try {
        for await (const piece of failure.value) {
          received += piece.length;
          yield piece;
        }
        return;
      } catch (error) {
        if (received >= blob.size) return;
        failure = failureOf(error);
      }
    // What came on may go on coming: only tries in vain are counted.
    if (received > before) failures = 1;
    await beforeNextTry(failure, failures, job);
  }
}

/** The bytes from `offset` to the end. */
async function askFor(
  repository: Repository,
  blob: Descriptor,
  offset: number,
): Promise<{ readonly value: AsyncIterable<Uint8Array> } | Failure> {
  const where = `${repository.host}/${repository.repository}`;
  const tried = await repository.try({
    method: 'GET',
    path: `blobs/${blob.digest}`,
    headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
    expects: offset === 0 ? [200, 404] : [200, 206],
    about: `blob ${blob.digest}`,
  });
  if (!('value' in tried)) return tried;
  const begins = tried.value.status === 206 ? offset : 0;
  const flaw = flawOf(tried.value, blob, begins);
  if (flaw === undefined) return { value: without(tried.value.bytes(), offset - begins) };
  await tried.value.drop();
  return failureOf(contentError(where, flaw));
}

/** A registry that knows no ranges sends all of it: the beginning is passed over. */
async function* without(bytes: AsyncIterable<Uint8Array>, beginning: number): AsyncGenerator<Uint8Array, void, undefined> {
  let skip = beginning;
  for await (const piece of bytes) {
    const rest = skip === 0 ? piece : piece.subarray(Math.min(skip, piece.length));
    skip -= piece.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}

function flawOf({ status, headers }: Answer, { digest, size }: Descriptor, begins: number): string | undefined {
  if (status === 404) return `blob ${digest} is not there`;
  const range = headers.get('content-range');
  if (begins > 0 && range !== null && !range.startsWith(`bytes ${begins}-`))
    return `another part of blob ${digest} comes than was asked for`;
  const length = headers.get('content-length');
  if (length !== null && Number(length) !== size - begins) return `blob ${digest} has ${begins + Number(length)} bytes instead of ${size}`;
  return undefined;
}
