import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { UserError } from '../../base/index.ts';

/** Symbolic links followed before it is a loop: Linux, path_resolution(7). */
const MAX_LINKS = 40;
/** Bytes of a file that are read: an /etc/passwd of 10,000 accounts is half of it. */
const MAX_BYTES = 1024 * 1024;

/**
 * The text of a regular file of an image that lies unpacked below `root`, links followed as chroot would: the image may
 * call anything of the host's its /etc/passwd. Empty where there is none. Nobody else may write there meanwhile.
 * Throws UserError for a file that is too large.
 */
export function readInside(root: string, path: string): string {
  const real = realInside(root, path);
  const status = real === undefined ? undefined : lstatSync(root + real, { throwIfNoEntry: false });
  if (real === undefined || !status?.isFile()) return '';
  if (status.size > MAX_BYTES)
    throw new UserError(
      `the image's ${path} has ${status.size} bytes`,
      `a file of accounts has at most ${MAX_BYTES}: look at what wrote it`,
    );
  try {
    return readFileSync(root + real, 'utf8');
  } catch {
    return ''; // closed to us: with one mapped id a mode may be
  }
}

/** Where `path` ends; undefined for a loop and for what leads through no folder. */
function realInside(root: string, path: string): string | undefined {
  const rest = path.split('/').toReversed();
  let at = '';
  for (let links = 0; rest.length > 0;) {
    const part = rest.pop()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
      continue;
    }
    const next = `${at}/${part}`;
    const status = look(root + next);
    if (!status) return undefined;
    if (!status.isSymbolicLink()) {
      at = next;
      continue;
    }
    if ((links += 1) > MAX_LINKS) return undefined;
    const target = readlinkSync(root + next);
    if (target.startsWith('/')) at = '';
    rest.push(...target.split('/').toReversed());
  }
  return at;
}

function look(file: string): ReturnType<typeof lstatSync> {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined; // below something that is no folder
  }
}
