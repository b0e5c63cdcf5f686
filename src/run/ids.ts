import { statSync } from 'node:fs';
import { dirname } from 'node:path';
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
 * - `shifted`: as root, ids of the host's that nobody else has: not even the image's root is anyone there;
 * - `identity`: as root where that cannot be, a user namespace in which every id is itself;
 * - `mapped`: root is the user, the others are its subordinate ids (newuidmap);
 * - `single`: only the user's own id: owners are lost.
 */
export interface IdPlan {
  readonly kind: 'host' | 'shifted' | 'identity' | 'mapped' | 'single';
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** What Plimsoll's own ids are called inside, if they are none of the image's. */
  readonly self?: { readonly uid: IdRange; readonly gid: IdRange };
  /** Names how files on disk are owned: unpacked layers of one plan are of no use to another. */
  readonly key: string;
}

/** Ids 1 to 65535; 0 is the user itself. */
const COUNT = 65535;

/** Where root's containers have their ids: 1879048192 to 2147352575 is for nobody in systemd's "Users, Groups, UIDs and GIDs". */
const UNUSED = 1_879_048_192;
/** Room for one id above 65535. */
const UNUSED_COUNT = COUNT + 2;
/** Highest id that a user can have: one more is (uid_t) -1, chown(2). */
const HIGHEST = 0xffff_fffe;

interface Wanted {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The plan for a container whose user is `wanted`; ids above 65535 get a subordinate id of their own. `needed`: what
 * must be reached from inside the namespace, where root is nobody on the host.
 */
export function planIds(host: Host, wanted: Wanted = { uid: 0, gid: 0 }, needed: readonly string[] = []): IdPlan {
  if (host.uid === 0) {
    if (hasUnused(host) && needed.every(isOpenToRoot)) return shifted(host, wanted);
    return identityIds(host);
  }
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

function shifted(host: Host, wanted: Wanted): IdPlan {
  const ranges = (file: string, id: number): { readonly start: number; readonly ranges: IdRange[] } => {
    const listed = rangeIn(host, file);
    const start = listed && listed.count >= UNUSED_COUNT ? listed.start : UNUSED;
    const ids = [{ inside: 0, outside: start, count: COUNT + 1 }];
    return { start, ranges: hasId(ids, id) ? ids : [...ids, { inside: id, outside: start + COUNT + 1, count: 1 }] };
  };
  const [uids, gids] = [ranges('/etc/subuid', wanted.uid), ranges('/etc/subgid', wanted.gid)];
  const self = (id: number): IdRange => ({ inside: id === HIGHEST ? HIGHEST - 1 : HIGHEST, outside: 0, count: 1 });
  return {
    kind: 'shifted',
    uids: uids.ranges,
    gids: gids.ranges,
    self: { uid: self(wanted.uid), gid: self(wanted.gid) },
    key: `shifted ${uids.start} ${gids.start}`,
  };
}

/** False in a container that has few ids of its own. */
const hasUnused = (host: Host): boolean =>
  (['uid_map', 'gid_map'] as const).every((file) =>
    identity(host, file).some((range) => range.inside === range.outside && range.inside === 0 && range.count > UNUSED + UNUSED_COUNT),
  );

/** Whether root reaches a path by being its owner or anybody, not by its privilege. */
function isOpenToRoot(path: string): boolean {
  for (let at = dirname(path); ; at = dirname(at)) {
    const { uid, mode } = statSync(at);
    if (uid !== 0 && (mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** Arguments of unshare(1) for the namespace. Who is nobody's root inside loses all capabilities with the next program. */
export const newNamespace = ({ kind }: IdPlan): readonly string[] => (kind === 'shifted' ? ['--user', '--keep-caps'] : ['--user']);

/**
 * A command before another that makes its maker root inside, as mount(8) wants to be. mount(8) is setuid on the host,
 * and would be the host's root again, who is nobody here.
 */
export const asRootInside = ({ kind }: IdPlan): string =>
  kind === 'shifted' ? 'setpriv --reuid 0 --regid 0 --clear-groups --no-new-privs' : '';

/** Arguments of nsenter(1) to join it; with ids of its own, as root among them. */
export const joinNamespace = ({ kind }: IdPlan): readonly string[] =>
  kind === 'host' ? [] : ['--user', ...(kind === 'shifted' ? [] : ['--preserve-credentials'])];

/** What an id of the image's is on the host. */
export function outsideOf(ranges: readonly IdRange[], id: number): number {
  const range = ranges.find((it) => hasId([it], id));
  return range === undefined ? id : range.outside + id - range.inside;
}

/** `nobody`, who is somebody on every machine. */
const ORDINARY = 65_534;

/** Whom companions run as: as root an id that no container has either; for an ordinary user, the number that it is seen by. */
export function companionIds(host: Host): { readonly uid: number; readonly gid: number } {
  const own = UNUSED + UNUSED_COUNT;
  const id = host.uid === 0 && hasUnused(host) ? own : ORDINARY;
  return { uid: id, gid: id };
}

/** As root where no ids are to spare. */
export const identityIds = (host: Host): IdPlan => ({
  kind: 'identity',
  uids: identity(host, 'uid_map'),
  gids: identity(host, 'gid_map'),
  key: 'root',
});

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
