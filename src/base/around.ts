import type { Files } from './files.ts';

/** `target` as seen from a folder, both relative: `..` at its beginning leads out. Undefined where it is absolute. */
export function pathSeen(folder: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined;
  const out: string[] = [];
  for (const part of [...folder.split('/'), ...target.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop();
    else out.push(part);
  }
  return out.join('/');
}

/**
 * The shortest way to a path, for a folder that lies at `place`: `../../services/api` of `services/api` is the folder
 * itself, empty.
 */
export function shortestPath(place: string, path: string): string {
  const from = place === '' ? [] : place.split('/');
  const to = (pathSeen(place, path) ?? '').split('/').filter(Boolean);
  let same = 0;
  while (same < from.length && from[same] === to[same]) same += 1;
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/');
}

/** Where a path that leads out of `files` lies in what is around it. Undefined: nowhere, it leads out of that too. */
function placeAround({ around }: Files, path: string): string | undefined {
  const place = around === undefined ? undefined : pathSeen(around.at, path);
  return place === undefined || place === '..' || place.startsWith('../') ? undefined : place;
}

const leadsOut = (path: string): boolean => path === '..' || path.startsWith('../');

/** A folder as seen from `files`, below it or around it. Undefined where it is not there, or out of reach. */
export async function filesSeen(files: Files, path: string): Promise<Files | undefined> {
  if (leadsOut(path)) {
    const place = placeAround(files, path);
    return place === undefined ? undefined : files.around?.folder(place).catch(() => undefined);
  }
  if (path === '') return files;
  const head = `${path}/`;
  const below = (await files.list()).filter((entry) => entry.path.startsWith(head));
  if (below.length === 0) return undefined;
  return {
    list: async () => below.map((entry) => ({ ...entry, path: entry.path.slice(head.length) })),
    read: (inside) => files.read(head + inside),
  };
}

/** The bytes of a file around `files`, by a path that begins with `..`. Undefined where it is not there, or out of reach. */
export async function fileSeen(files: Files, path: string): Promise<Uint8Array | undefined> {
  if (!leadsOut(path)) {
    const isThere = (await files.list()).some((entry) => entry.path === path && entry.type === 'file');
    return isThere ? files.read(path) : undefined;
  }
  const place = placeAround(files, path);
  if (place === undefined) return undefined;
  const whole = await files.around?.folder('');
  return whole?.read(place).catch(() => undefined);
}
