import { findTool, readHost, type Host } from './host.ts';

/** One line of a uid_map: user_namespaces(7). */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/**
 * Which ids a container has.
 * - `host`: no user namespace, as root where they are forbidden;
 * - `identity`: as root, a user namespace in which every id is itself;
 * - `mapped`: root is the user, the others are its subordinate ids (newuidmap);
 * - `single`: only the user's own id: owners are lost.
 */
export interface IdPlan {
  readonly kind: 'host' | 'identity' | 'mapped' | 'single';
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** Names how files on disk are owned: unpacked layers of one plan are of no use to another. */
  readonly key: string;
}

/** Ids 1 to 65535; 0 is the user itself. */
const COUNT = 65535;

/** The plan for a container whose user is `wanted`; ids above 65535 get a subordinate id of their own. */
export function planIds(host: Host, wanted: { readonly uid: number; readonly gid: number } = { uid: 0, gid: 0 }): IdPlan {
  if (host.uid === 0) return { kind: 'identity', uids: identity(host, 'uid_map'), gids: identity(host, 'gid_map'), key: 'root' };
  const subordinate = subordinateIds(host);
  if (!subordinate) {
    const one = (outside: number): IdRange[] => [{ inside: 0, outside, count: 1 }];
    return { kind: 'single', uids: one(host.uid), gids: one(host.gid), key: 'single' };
  }
  const { uid, gid } = subordinate;
  return {
    kind: 'mapped',
    uids: mapped(host.uid, uid, wanted.uid),
    gids: mapped(host.gid, gid, wanted.gid),
    key: `mapped ${host.uid} ${uid.start} ${uid.count} ${host.gid} ${gid.start} ${gid.count}`,
  };
}

/** Without a user namespace: for root on a host that forbids them. */
export const hostIds = (): IdPlan => ({ kind: 'host', uids: [], gids: [], key: 'root' });

/** True when the plan has `id` for users. */
export const hasId = (ranges: readonly IdRange[], id: number): boolean => ranges.some((r) => id >= r.inside && id < r.inside + r.count);

function mapped(self: number, range: SubordinateRange, wanted: number): IdRange[] {
  const count = Math.min(COUNT, range.count);
  const ranges = [
    { inside: 0, outside: self, count: 1 },
    { inside: 1, outside: range.start, count },
  ];
  if (hasId(ranges, wanted) || range.count <= count) return ranges;
  return [...ranges, { inside: wanted, outside: range.start + count, count: 1 }];
}

/** Every id that this process has, as itself: all of them, or what a container around us was given. */
function identity(host: Host, file: string): IdRange[] {
  const lines = (readHost(host, `/proc/self/${file}`) ?? '0 0 4294967295').trim().split('\n');
  return lines.map((line) => {
    const [inside = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
    return { inside, outside: inside, count };
  });
}

interface SubordinateRange {
  readonly start: number;
  readonly count: number;
}

/** The user's ranges in /etc/subuid and /etc/subgid; undefined unless both are there and newuidmap(1) can use them. */
export function subordinateIds(host: Host): { readonly uid: SubordinateRange; readonly gid: SubordinateRange } | undefined {
  if (findTool(host, 'newuidmap') === undefined || findTool(host, 'newgidmap') === undefined) return undefined;
  const uid = rangeIn(host, '/etc/subuid');
  const gid = rangeIn(host, '/etc/subgid');
  return uid && gid ? { uid, gid } : undefined;
}

/** subuid(5): `name or id:start:count`. The largest range counts. */
function rangeIn(host: Host, path: string): SubordinateRange | undefined {
  const ranges = (readHost(host, path) ?? '')
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter(([who]) => who === host.userName || who === String(host.uid))
    .map(([, start, count]) => ({ start: Number(start), count: Number(count) }))
    .filter(({ start, count }) => Number.isInteger(start) && count > 0);
  return ranges.toSorted((a, b) => b.count - a.count)[0];
}
