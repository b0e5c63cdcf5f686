import { isElf } from './file.ts';

/** Where an ELF file has its table of sections. */
export interface SectionTable {
  readonly offset: number;
  readonly sizeBytes: number;
}

interface Header extends SectionTable {
  readonly little: boolean;
  readonly wide: boolean;
  readonly entrySize: number;
  readonly namesIndex: number;
}

/** Bytes of a file that `sectionTable` wants to see: the longer of the two headers. */
export const ELF_HEAD = 64;
/** More sections than any linker makes for a program. */
const MOST = 4096;
const TYPE = { null: 0, noBits: 8 };
const ALLOC = 2n;
const RELOCATABLE = 1;

/** By the head of a file; undefined where it is no ELF file, is one that a linker has yet to read (ET_REL), or has no such table. */
export function sectionTable(head: Uint8Array): SectionTable | undefined {
  return headerOf(head);
}

/**
 * Bytes of the sections that are never loaded: debug information and the symbols of the linker; what `strip` takes out.
 * `table` is what lies where `sectionTable` said. Source: System V gABI, "Sections", sh_type and sh_flags.
 */
export function unloadedBytes(head: Uint8Array, table: Uint8Array): number {
  const header = headerOf(head);
  if (!header || table.length < header.sizeBytes) return 0;
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  let total = 0;
  for (let index = 0, at = 0; at + header.entrySize <= table.length; index += 1, at += header.entrySize) {
    const type = view.getUint32(at + 4, header.little);
    const flags = header.wide ? view.getBigUint64(at + 8, header.little) : BigInt(view.getUint32(at + 8, header.little));
    if (type === TYPE.null || type === TYPE.noBits || (flags & ALLOC) !== 0n || index === header.namesIndex) continue;
    total += header.wide ? Number(view.getBigUint64(at + 32, header.little)) : view.getUint32(at + 20, header.little);
  }
  return total;
}

function headerOf(head: Uint8Array): Header | undefined {
  const wide = head[4] === 2;
  if (head.length < (wide ? ELF_HEAD : 52) || !isElf(head)) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const little = head[5] === 1;
  const u16 = (at: number): number => view.getUint16(at, little);
  const offset = wide ? Number(view.getBigUint64(40, little)) : view.getUint32(32, little);
  const [entrySize, count, namesIndex] = wide ? [u16(58), u16(60), u16(62)] : [u16(46), u16(48), u16(50)];
  if (u16(16) === RELOCATABLE || offset === 0 || count === 0 || count > MOST || entrySize < (wide ? 64 : 40)) return undefined;
  return { little, wide, offset, sizeBytes: entrySize * count, entrySize, namesIndex };
}
