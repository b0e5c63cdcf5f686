/**
 * The rows of a table of an SQLite 3 file, as far as rpm's database needs them: "Database File Format", 1.3 to 2.1. Blobs
 * only, by the last column. Throws RangeError for what is no such file or is broken.
 */
export function* blobsOfTable(file: Uint8Array, table: string): Generator<Uint8Array, void, undefined> {
  const database = databaseIn(file);
  for (const payload of leaves(database, 1)) {
    // sqlite_schema: type, name, tbl_name, rootpage, sql.
    const [type, name, , root] = columnsOf(payload);
    if (textOf(type) !== 'table' || textOf(name) !== table || root === undefined) continue;
    const page = root.reduce((value, byte) => value * 256 + byte, 0);
    for (const row of leaves(database, page)) {
      const blob = columnsOf(row).at(-1);
      if (blob) yield blob;
    }
    return;
  }
  throw new RangeError(`it has no table \`${table}\``);
}

interface Database {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly pageSize: number;
  /** Bytes of a page that are used. */
  readonly usable: number;
}

const MAGIC = 'SQLite format 3\0';

function databaseIn(bytes: Uint8Array): Database {
  if (bytes.length < 100 || Buffer.from(bytes.subarray(0, 16)).toString('latin1') !== MAGIC)
    throw new RangeError('it is no SQLite database');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const written = view.getUint16(16);
  const pageSize = written === 1 ? 65_536 : written;
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) throw new RangeError(`its pages have ${pageSize} bytes`);
  return { view, bytes, pageSize, usable: pageSize - view.getUint8(20) };
}

/** The payloads of all leaves below a page of a table's b-tree, in their order. Each page is looked at once. */
function* leaves(database: Database, root: number): Generator<Uint8Array, void, undefined> {
  const { view, bytes } = database;
  const seen = new Set<number>();
  let total = 0;
  for (const todo = [root]; todo.length > 0;) {
    const page = todo.pop()!;
    if (seen.has(page)) throw new RangeError(`page ${page} is in a circle`);
    seen.add(page);
    const start = startOf(database, page);
    const head = page === 1 ? start + 100 : start;
    const [kind, cells] = [view.getUint8(head), view.getUint16(head + 3)];
    if (kind === INTERIOR) {
      const below = Array.from({ length: cells }, (_, index) => view.getUint32(start + view.getUint16(head + 12 + 2 * index)));
      todo.push(...[...below, view.getUint32(head + 8)].toReversed());
    } else if (kind === LEAF) {
      for (let index = 0; index < cells; index += 1) {
        const payload = payloadAt(database, start + view.getUint16(head + 8 + 2 * index));
        // Rows that lie over one another would make a small file large.
        if ((total += payload.length) > bytes.length) throw new RangeError('its rows are longer than the file');
        yield payload;
      }
    } else throw new RangeError(`page ${page} is no page of a table`);
  }
}

const INTERIOR = 0x05;
const LEAF = 0x0d;

function startOf({ bytes, pageSize }: Database, page: number): number {
  const start = (page - 1) * pageSize;
  if (page < 1 || start + pageSize > bytes.length) throw new RangeError(`page ${page} is not in the file`);
  return start;
}

/** A cell of a leaf: its payload's size, the row's number, and the payload, which goes on in further pages where it is long. */
function payloadAt(database: Database, at: number): Uint8Array {
  const { view, bytes, usable } = database;
  const size = varint(bytes, at);
  const from = varint(bytes, size.next).next;
  if (size.value > bytes.length) throw new RangeError('a row is longer than the file');
  // "Cell Payload Overflow Pages": what stays on a leaf of a table.
  const most = usable - 35;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const wanted = least + ((size.value - least) % (usable - 4));
  const here = size.value <= most ? size.value : wanted <= most ? wanted : least;
  if (here === size.value) return bytes.subarray(from, from + here);
  const payload = new Uint8Array(size.value);
  payload.set(bytes.subarray(from, from + here));
  for (let filled = here, next = view.getUint32(from + here); filled < payload.length;) {
    const start = startOf(database, next);
    const piece = bytes.subarray(start + 4, start + 4 + Math.min(usable - 4, payload.length - filled));
    payload.set(piece, filled);
    filled += piece.length;
    next = view.getUint32(start);
  }
  return payload;
}

/** "Record Format": the types of the columns, then their values. */
function columnsOf(payload: Uint8Array): readonly Uint8Array[] {
  const head = varint(payload, 0);
  const columns: Uint8Array[] = [];
  let value = head.value;
  for (let at = head.next; at < head.value;) {
    const type = varint(payload, at);
    at = type.next;
    const size = type.value >= 12 ? Math.floor((type.value - 12) / 2) : ([0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type.value] ?? 0);
    // The constants 0 and 1 take no room.
    columns.push(type.value === 9 ? Uint8Array.of(1) : payload.subarray(value, value + size));
    value += size;
  }
  if (value > payload.length) throw new RangeError('a row is shorter than its columns');
  return columns;
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

/** "Variable-length integers": seven bits a byte, the highest first; the ninth has eight. */
function varint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new RangeError('it ends within a number');
    if (index === 8) return { value: value * 256 + byte, next: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + index + 1 };
  }
  return { value, next: at + 9 };
}
