import { joinPath } from '../../repository.ts';

/** pathlib's and os.path's rule: an absolute part starts anew. */
export const joined = (a: string, b: string): string =>
  b.startsWith('/') || a === '' ? b : a.startsWith('/') ? `${a.replace(/\/$/, '')}/${b}` : (joinPath(a, b) ?? `${a}/${b}`);

/** `os.path.dirname`. */
export const parentOf = (path: string): string => {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '';
};
