// Writes the entries of layers below folders, as they come on standard input. A program of its own, without
// dependencies, so that it can run inside a user namespace, where `chown` to any mapped id is allowed.
//
// Input: frames of four bytes (big-endian length) and that many bytes of JSON; a `file` is followed by its content.
// Names are bytes: JSON holds them as latin1. Output: one line of JSON for each `close` and `remove`.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants;
const SLASH = Buffer.from('/');
/** Linux' own limit, MAXSYMLINKS. */
const MAX_LINKS = 40;

/** @type {{ name: string, root: Buffer, root0: { uid: number, gid: number }, owners: boolean, lowers: Buffer[], folders: Map<string, object>, opaque: string[], whiteout?: Buffer, notes: string[], failed?: string } | undefined} */
let layer;

const bytes = (name) => Buffer.from(name, 'latin1');
const below = (root, path) => (path === '' ? root : Buffer.concat([root, SLASH, bytes(path)]));
const parentOf = (path) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const baseOf = (path) => path.slice(path.lastIndexOf('/') + 1);
const join = (folder, name) => (folder === '' ? name : `${folder}/${name}`);

function look(path) {
  return fs.lstatSync(path, { throwIfNoEntry: false });
}

/**
 * The real folder that `path` names inside the layer, made where it is missing. Symbolic links are followed as they
 * would be under chroot: nothing ever leads out of the layer. No one else writes here, so what was looked at stays.
 */
function folderAt(path) {
  let rest = path.split('/').filter((part) => part !== '' && part !== '.');
  let at = '';
  let links = 0;
  while (rest.length > 0) {
    const [part, ...more] = rest;
    rest = more;
    if (part === '..') {
      at = parentOf(at);
      continue;
    }
    const next = join(at, part);
    const status = look(below(layer.root, next));
    if (status?.isSymbolicLink()) {
      if ((links += 1) > MAX_LINKS) throw new Error(`too many symbolic links`);
      const target = fs.readlinkSync(below(layer.root, next), 'latin1');
      if (target.startsWith('/')) at = '';
      rest = [...target.split('/').filter((p) => p !== '' && p !== '.'), ...rest];
      continue;
    }
    if (status !== undefined && !status.isDirectory()) fs.unlinkSync(below(layer.root, next));
    if (status === undefined || !status.isDirectory()) makeImplied(next);
    at = next;
  }
  return at;
}

/** A folder without an entry of its own looks as the highest lower layer that has it: overlayfs shows ours. */
function makeImplied(path) {
  fs.mkdirSync(below(layer.root, path), 0o700);
  const known = layer.lowers.map((lower) => realFolder(lower, path)).find((status) => status !== undefined);
  const head = known
    ? { mode: known.mode & 0o7777, uid: known.uid, gid: known.gid, mtime: known.mtimeMs / 1000 }
    : { mode: 0o755, ...layer.root0, mtime: 0 };
  layer.folders.set(path, head);
}

/** The status of a folder of a lower layer; undefined when it, or what leads there, is no real folder. */
function realFolder(root, path) {
  let at = root;
  let status;
  for (const part of path.split('/')) {
    at = Buffer.concat([at, SLASH, bytes(part)]);
    status = look(at);
    if (!status?.isDirectory()) return undefined;
  }
  return status;
}

function settle(path, head, isLink = false) {
  if (layer.owners) fs.lchownSync(path, head.uid, head.gid);
  if (!isLink) fs.chmodSync(path, layer.owners ? head.mode : head.mode & 0o1777);
  (isLink ? fs.lutimesSync : fs.utimesSync)(path, Math.max(0, head.mtime), Math.max(0, head.mtime));
}

/** Where an entry goes, with what was there before taken away. */
function place(path) {
  const at = join(folderAt(parentOf(path)), baseOf(path));
  const full = below(layer.root, at);
  const old = look(full);
  if (old?.isDirectory()) fs.rmSync(full, { recursive: true });
  else if (old) fs.unlinkSync(full);
  layer.folders.delete(at);
  // Only then: looking at all folders for each entry takes hours for a layer that is made for it.
  if (old?.isDirectory()) for (const folder of layer.folders.keys()) if (folder.startsWith(`${at}/`)) layer.folders.delete(folder);
  return full;
}

const makers = {
  open(head) {
    const root = bytes(head.folder);
    layer = {
      name: head.name,
      root,
      root0: head.root0,
      owners: head.owners,
      lowers: head.lowers.map(bytes),
      folders: new Map(),
      opaque: [],
      notes: [],
    };
    fs.mkdirSync(root, 0o755);
    layer.folders.set('', { mode: 0o755, ...layer.root0, mtime: 0 });
  },
  directory(head) {
    if (head.path === '') return void layer.folders.set('', head);
    const at = join(folderAt(parentOf(head.path)), baseOf(head.path));
    const old = look(below(layer.root, at));
    if (old && !old.isDirectory()) fs.unlinkSync(below(layer.root, at));
    if (!old?.isDirectory()) fs.mkdirSync(below(layer.root, at), 0o700);
    layer.folders.set(at, head);
  },
  symlink(head) {
    const full = place(head.path);
    fs.symlinkSync(bytes(head.target), full);
    settle(full, head, true);
  },
  hardlink(head) {
    const from = below(layer.root, join(folderAt(parentOf(head.target)), baseOf(head.target)));
    const status = look(from);
    if (!status || status.isDirectory()) throw new Error(`a hard link to \`${head.target}\`, which is not there`);
    const to = place(head.path);
    fs.linkSync(from, to); // does not follow a symbolic link: link(2)
  },
  whiteout(head) {
    hide(head.path);
  },
  opaque(head) {
    layer.opaque.push(folderAt(head.path));
  },
  note(head) {
    layer.notes.push(head.text);
  },
  close() {
    for (const path of layer.opaque) hideBelow(path);
    // Last, and deepest first: writing into a folder changes its time, and a mode may forbid us to write.
    const order = [...layer.folders.keys()].sort((a, b) => b.length - a.length);
    for (const path of order) {
      const head = layer.folders.get(path);
      settle(below(layer.root, path), layer.owners ? head : { ...head, mode: head.mode | 0o700 });
    }
  },
};

/**
 * overlayfs: a character device 0/0 hides what lower layers have. Node cannot make one; coreutils' mknod can, and
 * needs no privilege for it (Linux 5.8). One is enough: the others are hard links to it.
 */
function hide(path) {
  const full = place(path);
  if (layer.whiteout) return fs.linkSync(layer.whiteout, full);
  execFileSync(
    'mknod',
    [full.toString('latin1'), 'c', '0', '0'].map((arg, i) => (i === 0 ? full : arg)),
  );
  layer.whiteout = full;
}

/** What an opaque folder hides, spelled out: setting the attribute that says so takes a program not all machines have. */
function hideBelow(path) {
  const names = new Set(
    layer.lowers.filter((lower) => path === '' || realFolder(lower, path)).flatMap((lower) => fs.readdirSync(below(lower, path), 'latin1')),
  );
  for (const name of names) {
    const at = join(path, name);
    const own = look(below(layer.root, at));
    if (own === undefined) hide(at);
    else if (own.isDirectory()) hideBelow(at);
  }
}

// ---- frames

let pending = Buffer.alloc(0);
/** @type {{ fd: number, left: number, head: object, full: Buffer } | undefined} */
let file;

function beginFile(head) {
  const full = place(head.path);
  file = { fd: fs.openSync(full, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600), left: head.size, head, full };
}

function endFile() {
  fs.closeSync(file.fd);
  settle(file.full, file.head);
}

/** Runs one frame; after a failure the rest of the layer is read and dropped. */
function guarded(work, path) {
  if (layer?.failed !== undefined) return;
  try {
    work();
  } catch (error) {
    const what = error.code ?? error.message;
    if (layer) layer.failed = `${layer.name}: ${path === undefined ? '' : `\`${path.slice(0, 200)}\`: `}${what}`;
    else throw error;
  }
}

const reply = (answer) => fs.writeSync(1, `${JSON.stringify(answer)}\n`);

function frame(head) {
  if (head.op === 'remove') return void reply(remove(bytes(head.folder)));
  if (head.op === 'file') {
    guarded(() => beginFile(head), head.path);
    if (!file) file = { fd: -1, left: head.size, head, full: Buffer.alloc(0) };
    return;
  }
  if (head.op === 'open') layer = undefined;
  guarded(() => makers[head.op](head), head.path);
  if (head.op === 'close') reply(layer.failed === undefined ? { ok: true, notes: layer.notes } : { ok: false, error: layer.failed });
}

function remove(folder) {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
    return { ok: true, notes: [] };
  } catch (error) {
    return { ok: false, error: error.message };
  }
}

function content(chunk) {
  const part = chunk.subarray(0, file.left);
  if (file.fd >= 0) guarded(() => writeAll(file.fd, part), file.head.path);
  file.left -= part.length;
  return chunk.subarray(part.length);
}

function writeAll(fd, part) {
  for (let at = 0; at < part.length;) at += fs.writeSync(fd, part, at);
}

function finishFile() {
  if (file.fd >= 0) guarded(endFile, file.head.path);
  file = undefined;
}

process.umask(0);
for await (const chunk of process.stdin) {
  let data = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
  for (;;) {
    if (file) {
      data = content(data);
      if (file.left > 0) break;
      finishFile();
    }
    if (data.length < 4 || data.length < 4 + data.readUInt32BE(0)) break;
    const end = 4 + data.readUInt32BE(0);
    const head = JSON.parse(data.toString('utf8', 4, end));
    data = data.subarray(end);
    frame(head);
  }
  pending = data;
}
