import type { ImageConfig, ImageTree, TreeEntry } from '../../image/index.ts';
import type { RuntimeContract } from '../../plan/index.ts';
import { placesIn } from '../layer-place.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import { permitted, type Ids } from '../owners.ts';
import { count } from '../quantity.ts';

export const programReadOnly = gate({
  id: 'program-read-only',
  level: 'required',
  promise:
    'The service’s user can change nothing that the service runs: its code, its interpreter, its libraries, or a folder they lie in.',
  why: 'Whoever gets into a service that may write its own code stays in it: the next request, worker or restart runs what was written.',
  source: 'CWE-732, "Incorrect Permission Assignment for Critical Resource"; NIST SP 800-190, 4.4.4; path_resolution(7), rename(2)',
  needs: [],
  limit: () => count(0, 'such path'),
  async measure({ image, tree, contract }) {
    const user = userOf(await image.config(), contract);
    if (user.uid === 0) return skipped('it runs as root, who may write everything: the check `non-root-user` says so');
    const all = await tree();
    const programs = programsIn(all, contract);
    const found = writable(all, programs, user);
    const measured = count(found.length, 'such path');
    const [first, ...rest] = found;
    if (!first)
      return passed([seen(`user ${user.uid}:${user.gid}`, `${programs.length} programs and modules, none of which it may write`)], {
        measured,
      });
    const place = await placesIn(image);
    const evidence = (entry: TreeEntry) => seen(place(entry), described(entry.record));
    return failed(
      `user ${user.uid} may write ${listed(found.map(({ record }) => `/${record.path}`))}`,
      'leave the program to root: `COPY` without `--chown`, no `chown -R` of its folder; give the user only the folders it writes, and name those under `writable:` in plimsoll.yaml',
      [evidence(first), ...rest.map(evidence)],
      measured,
    );
  },
});

/** The image's own, where it is numeric; the plan's else. */
function userOf({ config }: ImageConfig, contract: RuntimeContract): Ids {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(config?.User ?? '') ?? [];
  if (uid === undefined) return config?.User === 'root' ? { uid: 0, gid: 0 } : contract.user;
  return { uid: Number(uid), gid: Number(gid ?? (Number(uid) === contract.user.uid ? contract.user.gid : 0)) };
}

/** Code by its name, or by the bit that lets it be run. */
const CODE = /\.(?:py|pyc|pth|so(?:\.[\w.]+)?|js|cjs|mjs|node|sh)$/;

/** Real paths of what may be run, declared writable folders left out: those are the service's own. */
function programsIn(tree: ImageTree, { writablePaths }: RuntimeContract): readonly TreeEntry[] {
  const own = writablePaths.map(({ path }) => `${path.slice(1)}/`);
  return [...tree.entries.values()].filter(
    ({ record: { type, path, mode } }) =>
      (type === 'file' || type === 'hardlink') && ((mode & 0o111) !== 0 || CODE.test(path)) && !own.some((it) => path.startsWith(it)),
  );
}

/** Programs that a user may write, and folders above them in which it may put another in their place. Sorted. */
function writable(tree: ImageTree, programs: readonly TreeEntry[], user: Ids): readonly TreeEntry[] {
  const found = new Map<string, TreeEntry>();
  const seenFolders = new Set<string>();
  for (const program of programs) {
    if (mayWrite(program, user)) found.set(program.record.path, program);
    let below = program;
    for (let end = program.record.path.lastIndexOf('/'); end > 0; end = program.record.path.lastIndexOf('/', end - 1)) {
      const path = program.record.path.slice(0, end);
      const folder = tree.entries.get(path);
      if (!folder) break;
      if (mayReplace(folder, below, user)) found.set(path, folder);
      // A sticky folder asks who owns what lies in it: each has to be looked at.
      else if (seenFolders.has(path) && (folder.record.mode & 0o1000) === 0) break;
      seenFolders.add(path);
      below = folder;
    }
  }
  return [...found.values()].toSorted((a, b) => (a.record.path < b.record.path ? -1 : 1));
}

/** Who owns a file may also give himself the right to write it: chmod(2). */
const mayWrite = ({ record }: TreeEntry, user: Ids): boolean => record.uid === user.uid || (permitted(record, user) & 2) !== 0;

/** In a sticky folder only who owns it, or what lies in it, may rename and remove: rename(2), EPERM. */
function mayReplace(folder: TreeEntry, entry: TreeEntry, user: Ids): boolean {
  const { record } = folder;
  if (record.type !== 'directory' || !mayWrite(folder, user)) return false;
  return (record.mode & 0o1000) === 0 || record.uid === user.uid || entry.record.uid === user.uid;
}

const described = ({ uid, gid, mode }: TreeEntry['record']): string => `of ${uid}:${gid}, mode ${mode.toString(8).padStart(4, '0')}`;
