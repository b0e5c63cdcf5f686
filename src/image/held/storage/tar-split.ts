import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { EnvironmentError, messageOf } from '../../../base/index.ts';
import { splitParts, type TarPart } from '../../tar/index.ts';
import { brokenStorage } from './broken.ts';

/** What Podman kept of a layer's tar, gzipped. Throws EnvironmentError, with the line, where it is something else. */
export async function* readTarSplit(file: string): AsyncGenerator<TarPart, void, undefined> {
  const stream = pipeline(createReadStream(file), createGunzip({ chunkSize: 256 * 1024 }), () => {});
  try {
    yield* splitParts(stream as AsyncIterable<Buffer>, (what) => brokenStorage(file, what));
  } catch (error) {
    throw error instanceof EnvironmentError ? error : brokenStorage(file, messageOf(error));
  }
}
