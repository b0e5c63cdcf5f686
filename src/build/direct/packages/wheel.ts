import { unzipSync } from 'fflate';
import { UserError } from '../../../base/index.ts';

export interface Wheel {
  /** Its file name: PEP 427. */
  readonly file: string;
  /** PEP 508, of its metadata; those of extras are left out. */
  readonly requires: readonly string[];
}

/** Reads a wheel. Throws UserError for one with compiled parts: it fits one platform, and nothing compiles here. */
export function readWheel(file: string, bytes: Uint8Array, name: string, folder: string): Wheel {
  const at = { file: folder === '' ? 'pyproject.toml' : `${folder}/pyproject.toml` };
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
  return { file, requires: requiresIn(new TextDecoder().decode(metadata)) };
}

/** Core metadata, “Requires-Dist”; its headers end at the first blank line. */
function requiresIn(metadata: string): string[] {
  const [head = ''] = metadata.replaceAll('\r\n', '\n').split('\n\n', 1);
  return [...head.matchAll(/^Requires-Dist:\s*(.+)$/gim)].flatMap(([, line = '']) => (/\bextra\s*==/.test(line) ? [] : [line.trim()]));
}
