import { cleanPath } from './go-values.ts';

/** Paths in the image as BuildKit treats them for the image's system (util/system/path.go). */

/** Whether a Windows path is refused: another drive than C:, a drive alone, a UNC path. Other systems take all. */
export function isRefusedPath(path: string, os: string): boolean {
  if (os !== 'windows') return false;
  if (/^.:$/su.test(path) || /^[\\/]{2}/.test(path)) return true;
  const colon = path.indexOf(':');
  return colon !== -1 && path.slice(0, colon).toLowerCase() !== 'c';
}

/** Slashes forward and no drive, on Windows. */
const plain = (path: string, os: string): string => {
  if (os !== 'windows') return path;
  return cleanPath(path.replaceAll('\\', '/').replace(/^[cC]:/, ''));
};

export const isAbsolute = (path: string, os: string): boolean => !isRefusedPath(path, os) && plain(path, os).startsWith('/');

/** The folder that WORKDIR leads to from `current`. */
export function joinWorkdir(current: string, path: string, os: string): string {
  const target = plain(path === '' ? current : path, os);
  return target.startsWith('/') ? target : cleanPath(`/${current}/${target}`);
}
