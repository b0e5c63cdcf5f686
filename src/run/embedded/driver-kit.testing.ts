import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { processIdentity } from '../../base/node.ts';
import { findTool, thisHost } from '../host.ts';
import { programPath } from '../program.ts';

/** Whom the driver runs as; ids are those of a user of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** False: its PATH has no newuidmap. */
  readonly newuidmap: boolean;
}

/** The accounts that can be tried here: our own; as root, those of ordinary users with and without subordinate ids. */
export function accounts(): readonly Account[] {
  const own = { name: 'this user', uid: process.geteuid!(), gid: process.getegid!(), newuidmap: true };
  if (own.uid !== 0) return [own, { ...own, name: 'this user without newuidmap', newuidmap: false }];
  const nobody = { name: 'an ordinary user without newuidmap', uid: 65534, gid: 65534, newuidmap: false };
  const withIds = subordinateAccount();
  return [own, nobody, ...(withIds ? [withIds] : [])];
}

function subordinateAccount(): Account | undefined {
  if (findTool(thisHost(), 'newuidmap') === undefined) return undefined;
  const listed = new Set(['/etc/subuid', '/etc/subgid'].map(readOr).flatMap((text) => text.split('\n').map((line) => line.split(':')[0])));
  for (const line of readOr('/etc/passwd').split('\n')) {
    const [name = '', , uid, gid] = line.split(':');
    if (name !== '' && name !== 'root' && listed.has(name))
      return { name: 'an ordinary user with subordinate ids', uid: Number(uid), gid: Number(gid), newuidmap: true };
  }
  return undefined;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export interface DriverKit {
  /** A new store of the account's. */
  storeFor(account: Account): string;
  start(account: Account, store: string, what: string): Driver;
  close(): void;
}

export interface Driver {
  readonly child: ChildProcess;
  /** The next line that it says; undefined when it has ended. */
  next(): Promise<Record<string, any> | undefined>;
  readonly ended: Promise<void>;
  complaint(): string;
}

const TOOLS = [
  'unshare',
  'nsenter',
  'setpriv',
  'prlimit',
  'mount',
  'umount',
  'pivot_root',
  'mkfifo',
  'mknod',
  'sh',
  'hostname',
  'readlink',
  'mkdir',
  'rm',
];

export async function openDriverKit(): Promise<DriverKit> {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-driver-'));
  chmodSync(root, 0o755);
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./driver.testing.ts', import.meta.url)),
    platform: 'node',
    logLevel: 'silent',
  });
  await bundle.write({ dir: join(root, 'dist'), format: 'esm' });
  for (const name of ['agent', 'extract'] as const) copyFileSync(programPath(name), join(root, 'dist', `${name}.mjs`));
  const few = join(root, 'bin');
  mkdirSync(few);
  for (const name of TOOLS) symlinkSync(findTool(thisHost(), name)!, join(few, name));
  let stores = 0;
  return {
    storeFor({ uid, gid }) {
      const store = join(root, `store-${(stores += 1)}`);
      mkdirSync(store);
      if (uid !== process.geteuid!()) chownSync(store, uid, gid);
      return store;
    },
    start(account, store, what) {
      const as =
        account.uid === process.geteuid!() ? [] : ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
      const argv = [...as, process.execPath, join(root, 'dist', 'driver.testing.js'), store, what];
      const env = { PATH: account.newuidmap ? process.env['PATH'] : few };
      if (!account.newuidmap && argv[0] === 'setpriv') argv[0] = findTool(thisHost(), 'setpriv')!;
      return driverOf(spawn(argv[0]!, argv.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

function driverOf(child: ChildProcess): Driver {
  let complaint = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    child,
    async next() {
      const line = await lines.next();
      return line.done === true ? undefined : (JSON.parse(line.value) as Record<string, any>);
    },
    ended: new Promise((resolve) => child.once('exit', () => resolve())),
    complaint: () => complaint,
  };
}

/** All processes below `pid`, itself left out, by names that outlive a reuse of their numbers. */
export function descendants(pid: number): readonly string[] {
  const parents = new Map(processes().flatMap((p) => (p.parent === undefined ? [] : [[p.pid, p.parent] as const])));
  const isBelow = (p: number | undefined): boolean => p !== undefined && p !== 0 && (p === pid || isBelow(parents.get(p)));
  return [...parents.keys()].filter((p) => p !== pid && isBelow(parents.get(p))).flatMap((p) => processIdentity(p) ?? []);
}

function processes(): { readonly pid: number; readonly parent: number | undefined }[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
}

/** proc(5), /proc/pid/stat: the fourth field; the name before it may hold anything. */
function parentOf(pid: string): number | undefined {
  const parent = readOr(`/proc/${pid}/stat`).split(') ').pop()?.split(' ')[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Mounts that name `path`, in any mount namespace that a process lives in; one process for each namespace. */
export function mountsNaming(path: string): readonly string[] {
  const seen = new Set<string>();
  return processes().flatMap(({ pid }) => {
    try {
      const namespace = readlinkSync(`/proc/${pid}/ns/mnt`);
      if (seen.has(namespace)) return [];
      seen.add(namespace);
    } catch {
      return []; // it ended
    }
    return readOr(`/proc/${pid}/mountinfo`)
      .split('\n')
      .filter((line) => line.includes(path));
  });
}
