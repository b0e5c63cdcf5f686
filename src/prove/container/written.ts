/** What a writable root lets happen and nobody misses: byte code that Python keeps, and the kernel's own folders. */
const UNIMPORTANT = /\/__pycache__(\/|$)|\.py[co]$|^\/(dev|proc|sys|run)(\/|$)/;

/** Paths that were written outside of the declared ones, sorted; a path stands for all below it. */
export function writtenPaths(paths: readonly string[], declared: readonly string[]): readonly string[] {
  const below = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
  const found = [...new Set(paths)].filter((path) => !UNIMPORTANT.test(path) && !declared.some((folder) => below(path, folder))).toSorted();
  // A folder that changed only because something in it did says nothing beside that.
  return found.filter((path) => !found.some((other) => other !== path && below(other, path)));
}

/** The folder to mount for a path, of which the name tells whether it is a file where nobody saw it; undefined where a mount would hide the program or the system. */
export function mountFor(path: string, root: string, isFile = false): string | undefined {
  const folder = isFile || /\.[A-Za-z0-9_-]+$/.test(path) ? path.slice(0, path.lastIndexOf('/')) : path;
  const hidden = new Set(['', '/', root, '/usr', '/etc', '/var', '/lib', '/bin', '/home', '/opt', '/srv']);
  return hidden.has(folder) || root.startsWith(`${folder}/`) ? undefined : folder;
}
