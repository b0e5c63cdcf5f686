import { unzipSync } from 'fflate';
import { messageOf, UserError } from '../../../base/index.ts';
import { placeOf, type Buildable } from './buildable.ts';

export interface Wheel {
  /** Its file name: PEP 427. */
  readonly file: string;
  /** PEP 508, of its metadata, those of its extras among them. */
  readonly requires: readonly string[];
}

/** Reads a wheel. Throws UserError for what is none, and for one with compiled parts: it fits one platform, and nothing compiles here. */
export function readWheel(file: string, bytes: Uint8Array, buildable: Buildable): Wheel {
  const { name } = buildable;
  const refuse = (what: string, hint = 'mend its build back end'): UserError => new UserError(what, hint, placeOf(buildable));
  // PEP 427, "File name convention": it becomes the name of a file, and is a back end's word.
  if (!/^[\w.+!-]+\.whl$/.test(file)) throw refuse(`the back end of \`${name}\` named its wheel \`${file}\`, which is no name of one`);
  if (!/-none-any\.whl$/.test(file))
    throw refuse(
      `the package \`${name}\` has compiled parts (its wheel is ${file}), and the direct engine compiles nothing`,
      'publish wheels of it, or write a Dockerfile that compiles it, and build that: `--engine buildkit`',
    );
  let metadata: Uint8Array | undefined;
  try {
    [metadata] = Object.values(unzipSync(bytes, { filter: ({ name: path }) => /^[^/]+\.dist-info\/METADATA$/.test(path) }));
  } catch (error) {
    throw refuse(`what the back end of \`${name}\` made is no wheel: ${messageOf(error)}`);
  }
  if (!metadata) throw refuse(`the wheel of \`${name}\` has no metadata`);
  return { file, requires: requiresIn(new TextDecoder().decode(metadata)) };
}

/** Core metadata, “Requires-Dist”; its headers end at the first blank line. */
function requiresIn(metadata: string): string[] {
  const [head = ''] = metadata.replaceAll('\r\n', '\n').split('\n\n', 1);
  return [...head.matchAll(/^Requires-Dist:\s*(.+)$/gim)].map(([, line = '']) => line.trim());
}
