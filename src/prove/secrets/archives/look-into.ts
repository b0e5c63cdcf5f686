import { EnvironmentError, errorCode, messageOf } from '../../../base/index.ts';
import { readTar } from '../../../image/index.ts';
import { startOf, wholeOf, type Start } from '../pieces.ts';
import { isPublished } from '../published.ts';
import { formatOf, isCompression, type Archive } from './format.ts';
import { held, isSpent, newRoom, takeEntry, unreadable, within, type Room } from './room.ts';
import { unpacked } from './unpacked.ts';
import { contentOf, zipEntries, type ZipEntry } from './zip.ts';

/** A file that is searched, of a layer or of an archive in one. */
export interface Spot {
  /** What rules that go by names are asked with: its path in its layer or archive. */
  readonly path: string;
  /** The way to it from a file of a layer, each step within the one before. */
  readonly inside: readonly string[];
}

/** What was looked into for one image. */
export interface Look {
  readonly room: Room;
  /** Archives that were opened, and the files in them. */
  archives: number;
  files: number;
  /** What could not be opened, or not to its end. */
  readonly unread: { readonly inside: readonly string[]; readonly why: string }[];
}

export const newLook = (): Look => ({ room: newRoom(), archives: 0, files: 0, unread: [] });

/** An archive in an archive is looked into, one within that is not. */
const DEPTH = 2;

/** Is handed each file that is to be searched. */
export type Visit = (spot: Spot, start: Start) => Promise<void>;

interface Search {
  readonly look: Look;
  readonly visit: Visit;
}

/** Visits the files that a file is or has in it, where it is an archive or compressed. */
export async function lookInto(spot: Spot, start: Start, search: Search): Promise<void> {
  const format = formatOf(start.bytes);
  if (format === undefined) return search.visit(spot, start);
  try {
    if (isCompression(format)) await lookIntoCompressed(spot, unpacked(wholeOf(start), format, search.look.room), search);
    else if (format === 'zip' || format === 'tar') await lookIntoArchive(spot, format, start, search);
    else {
      await search.visit(spot, start);
      throw unreadable(`${format} is not opened`);
    }
  } catch (error) {
    tell(spot, error, search.look);
  }
}

/** What is compressed twice is not opened twice. */
async function lookIntoCompressed(spot: Spot, content: AsyncIterable<Uint8Array>, search: Search): Promise<void> {
  const start = await startOf(content);
  const opened = { ...spot, path: spot.path.replace(/\.(?:gz|xz|zst)$/i, '') };
  const format = formatOf(start.bytes);
  if (format === 'zip' || format === 'tar') await lookIntoArchive(opened, format, start, search);
  else await search.visit(opened, start);
}

async function lookIntoArchive(spot: Spot, format: Archive, start: Start, search: Search): Promise<void> {
  if (spot.inside.length >= DEPTH) throw unreadable(`it lies ${DEPTH} archives deep`);
  search.look.archives += 1;
  await (format === 'tar' ? lookIntoTar(spot, start, search) : lookIntoZip(spot, start, search));
}

async function lookIntoTar(spot: Spot, start: Start, search: Search): Promise<void> {
  for await (const { path, type, sparse, content } of readTar(wholeOf(start), 'it'))
    // Holes are not in the archive.
    if (type === 'file') await lookIntoMember(spot, path, sparse ? within(search.look.room, content(), () => 0) : content(), search);
}

async function lookIntoZip(spot: Spot, start: Start, search: Search): Promise<void> {
  const bytes = await held(wholeOf(start));
  const entries = zipEntries(bytes);
  if (!entries) {
    await search.visit(spot, { bytes });
    throw unreadable('it has no directory');
  }
  const closed = { encrypted: 0, other: 0 };
  for (const entry of entries)
    if (entry.kind === 'encrypted' || entry.kind === 'other') closed[entry.kind] += 1;
    else await lookIntoEntry(spot, entry, search);
  if (closed.encrypted > 0) throw unreadable(`${closed.encrypted} files in it are encrypted`);
  if (closed.other > 0) throw unreadable(`${closed.other} files in it are packed in another way`);
}

/** One that is broken says nothing of the others. */
async function lookIntoEntry(spot: Spot, entry: ZipEntry, search: Search): Promise<void> {
  const { path, packed } = entry;
  try {
    await lookIntoMember(
      spot,
      path,
      within(search.look.room, contentOf(entry), () => packed.length),
      search,
    );
  } catch (error) {
    if (isSpent(search.look.room)) throw error;
    tell({ path, inside: [...spot.inside, path] }, error, search.look);
  }
}

async function lookIntoMember(
  { path: archive, inside }: Spot,
  said: string,
  content: AsyncIterable<Uint8Array>,
  search: Search,
): Promise<void> {
  takeEntry(search.look.room);
  const name = said.replace(/^(?:\.?\/)+/, '');
  // A wheel is what is to be unpacked there.
  const path = /\.(?:whl|egg)$/i.test(archive) ? `/site-packages/${name}` : name;
  if (isPublished(path)) return;
  search.look.files += 1;
  await lookInto({ path, inside: [...inside, name] }, await startOf(content), search);
}

/** What is broken is told, and no reason to stop. */
function tell({ inside }: Spot, error: unknown, look: Look): void {
  if (!(error instanceof EnvironmentError) && !/^(?:Z_|ERR_)/.test(errorCode(error) ?? '')) throw error;
  look.unread.push({ inside, why: messageOf(error) });
}
