// Plain JavaScript: a worker thread loads it from the sources too, where Node 20 cannot read TypeScript.
import { Gzip } from 'fflate';

/**
 * A gzip stream in pure JavaScript: the same input in the same pieces gives the same bytes on every machine and Node
 * version, which node:zlib does not promise (zlib-ng, CPU features). `mem` is fixed, fflate would guess it by Math.log.
 */
export function gzipper() {
  /** @type {Uint8Array[]} */
  let out = [];
  const stream = new Gzip({ level: 6, mtime: 0, mem: 6 }, (chunk) => out.push(chunk));
  return (piece, final) => {
    stream.push(piece, final);
    const made = out;
    out = [];
    return made;
  };
}
