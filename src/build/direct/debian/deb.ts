import { gunzipSync } from 'node:zlib';
import { EnvironmentError, messageOf } from '../../../base/index.ts';
import { unxz } from '../../../base/node.ts';
import { readTar, type LayerEntry } from '../../../image/index.ts';
import { readAr, type ArMember } from './ar.ts';

/** A binary package taken apart: deb(5). */
export interface Deb {
  /** The control file, as it is. */
  readonly control: string;
  /** The script that runs after unpacking, to be read; absent: none. */
  readonly postinst?: string;
  /** What the package installs, with the paths that it gives. */
  readonly entries: readonly LayerEntry[];
}

/** No package of Debian's main has half as much. */
const maxUnpackedBytes = 2 * 1024 * 1024 * 1024;

/**
 * Takes a package apart, in memory. Of maintainer scripts only the text of one is kept, and none is run. The caller has checked the hash.
 * Throws EnvironmentError for what is no package, for a compression that is not read, and for devices and paths that escape.
 */
export async function readDeb(bytes: Uint8Array, what: string): Promise<Deb> {
  const members = readAr(bytes, what);
  const version = members[0];
  if (version?.name !== 'debian-binary' || !Buffer.from(version.data).toString('latin1').startsWith('2.'))
    throw unreadable(what, 'it is not of format 2');
  const control = await controlOf(await unpack(member(members, 'control.tar', what), what), what);
  return { ...control, entries: await entriesOf(await unpack(member(members, 'data.tar', what), what), what) };
}

function member(members: readonly ArMember[], name: string, what: string): ArMember {
  const found = members.find((one) => one.name === name || one.name.startsWith(`${name}.`));
  if (!found) throw unreadable(what, `it has no ${name}`);
  return found;
}

async function unpack({ name, data }: ArMember, what: string): Promise<Uint8Array> {
  const ending = name.slice(name.indexOf('.tar') + 4);
  if (ending === '') return data;
  if (ending === '.xz') return unxz(data, `${name} of ${what}`, maxUnpackedBytes);
  if (ending !== '.gz') throw unreadable(what, `${name} is compressed in a way that is not read (xz and gzip are)`);
  try {
    return gunzipSync(data, { maxOutputLength: maxUnpackedBytes });
  } catch (error) {
    throw unreadable(what, messageOf(error));
  }
}

async function controlOf(tar: Uint8Array, what: string): Promise<Omit<Deb, 'entries'>> {
  const files = new Map<string, string>();
  for await (const entry of readTar([tar], `control.tar of ${what}`)) {
    const path = plain(entry.path, what);
    if (path === 'control' || path === 'postinst') files.set(path, Buffer.from(await contentOf(entry.content())).toString('utf8'));
  }
  const [control, postinst] = [files.get('control'), files.get('postinst')];
  if (control === undefined) throw unreadable(what, 'it has no control file');
  return { control, ...(postinst === undefined ? {} : { postinst }) };
}

async function entriesOf(tar: Uint8Array, what: string): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = [];
  for await (const entry of readTar([tar], `data.tar of ${what}`)) {
    const path = plain(entry.path, what);
    if (path === '') continue; // the root itself
    const head = { path, mode: entry.mode, uid: entry.uid, gid: entry.gid };
    if (entry.type === 'file') entries.push({ ...head, type: 'file', content: await contentOf(entry.content()) });
    else if (entry.type === 'directory') entries.push({ ...head, type: 'directory' });
    else if (entry.type === 'symlink') entries.push({ ...head, type: 'symlink', target: entry.target ?? '' });
    else if (entry.type === 'hardlink') entries.push({ ...head, type: 'hardlink', target: plain(entry.target ?? '', what) });
    else throw unreadable(what, `${path} is a ${entry.type}`);
  }
  return entries;
}

async function contentOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

/** `./usr/bin/x` → `usr/bin/x`. */
function plain(path: string, what: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw unreadable(what, `the path ${path} leaves the root`);
  return parts.join('/');
}

const unreadable = (what: string, why: string): EnvironmentError =>
  new EnvironmentError(`${what} is not a Debian package that can be read: ${why}`, 'use another mirror, or leave the package out');
