import { unzipSync } from 'fflate';
import { UserError } from '../../../base/index.ts';
import { markerFor } from '../python/index.ts';
import { placeOf, type Buildable } from './buildable.ts';

export interface Wheel {
  /** Its file name: PEP 427. */
  readonly file: string;
  /** PEP 508, of its metadata; those of extras only where they are asked for. */
  readonly requires: readonly string[];
}

/** Reads a wheel. Throws UserError for one with compiled parts: it fits one platform, and nothing compiles here. */
export function readWheel(file: string, bytes: Uint8Array, buildable: Buildable): Wheel {
  const { name } = buildable;
  const at = placeOf(buildable);
  // PEP 427, "File name convention": it becomes the name of a file, and is a back end's word.
  if (!/^[\w.+!-]+\.whl$/.test(file))
    throw new UserError(`the back end of \`${name}\` named its wheel \`${file}\`, which is no name of one`, 'mend its build back end', at);
  if (!/-none-any\.whl$/.test(file))
    throw new UserError(
      `the package \`${name}\` has compiled parts (its wheel is ${file}), and the direct engine compiles nothing`,
      'publish wheels of it, or write a Dockerfile that compiles it, and build that: `--engine buildkit`',
      at,
    );
  const [metadata] = Object.values(unzipSync(bytes, { filter: ({ name: path }) => /^[^/]+\.dist-info\/METADATA$/.test(path) }));
  if (!metadata) throw new UserError(`the wheel of \`${name}\` has no metadata`, 'mend its build back end', at);
  return { file, requires: requiresIn(new TextDecoder().decode(metadata), buildable.remote?.extras ?? []) };
}

/** Core metadata, “Requires-Dist”; its headers end at the first blank line. */
function requiresIn(metadata: string, extras: readonly string[]): string[] {
  const [head = ''] = metadata.replaceAll('\r\n', '\n').split('\n\n', 1);
  return [...head.matchAll(/^Requires-Dist:\s*(.+)$/gim)].flatMap(([, line = '']) => {
    const [what = '', marker] = line.trim().split(/\s*;\s*/, 2);
    if (marker === undefined || !/\bextra\s*==/.test(marker)) return [line.trim()];
    const holds = markerFor(marker, { extras, groups: [] });
    return holds === undefined ? [] : [holds === '' ? what : `${what} ; ${holds}`];
  });
}
