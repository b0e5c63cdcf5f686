/** An ELF file's tables: System V ABI, "Object Files" (gabi), 32 and 64 bit, both byte orders. */
export interface Elf {
  readonly bits: 32 | 64;
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly type: number;
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
  readonly sectionTable: { readonly offset: number; readonly entryBytes: number };
  /** Index of the section that holds section names. */
  readonly namesIndex: number;
  readonly headerBytes: number;
  /** End of the program header table in the file. */
  readonly segmentTableEnd: number;
}

export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
}

export interface Section {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
}

export const ET_EXEC = 2;
export const ET_DYN = 3;
export const SHT_REL = 9;
export const SHT_RELA = 4;
export const SHT_NOBITS = 8;
export const SHF_ALLOC = 0x2;
export const SHF_INFO_LINK = 0x40;
export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;

/** Offsets of the fields used, by class. */
const header = {
  32: { bytes: 52, phoff: 28, shoff: 32, phentsize: 42, phnum: 44, shentsize: 46, shnum: 48, shstrndx: 50, phdr: 32, shdr: 40 },
  64: { bytes: 64, phoff: 32, shoff: 40, phentsize: 54, phnum: 56, shentsize: 58, shnum: 60, shstrndx: 62, phdr: 56, shdr: 64 },
} as const;

export const headerFields = (bits: 32 | 64): (typeof header)[32 | 64] => header[bits];

/** Reads a word of the file's class. Offsets over 2^53 are no file's: they come out as infinite. */
export function readWord(view: DataView, at: number, bits: 32 | 64, littleEndian: boolean): number {
  if (bits === 32) return view.getUint32(at, littleEndian);
  const value = view.getBigUint64(at, littleEndian);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
}

export function writeWord(view: DataView, at: number, value: number, bits: 32 | 64, littleEndian: boolean): void {
  if (bits === 32) view.setUint32(at, value, littleEndian);
  else view.setBigUint64(at, BigInt(value), littleEndian);
}

/** True when the bytes begin as an ELF file does. */
export const isElf = (bytes: Uint8Array): boolean =>
  bytes.length > 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/** The tables of an ELF file; undefined for anything that is none, is cut short or is out of the ordinary. */
export function readElf(bytes: Uint8Array): Elf | undefined {
  if (!isElf(bytes) || bytes.length < header[32].bytes) return undefined;
  const bits = bytes[4] === 1 ? 32 : bytes[4] === 2 ? 64 : undefined;
  if (bits === undefined || (bytes[5] !== 1 && bytes[5] !== 2)) return undefined;
  try {
    return readTables(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bits, bytes[5] === 1);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a field points past the end
    throw error;
  }
}

function readTables(view: DataView, bits: 32 | 64, littleEndian: boolean): Elf | undefined {
  const fields = header[bits];
  const half = (at: number): number => view.getUint16(at, littleEndian);
  const word = (at: number): number => readWord(view, at, bits, littleEndian);
  const [phoff, shoff, phnum, shnum, namesIndex] = [
    word(fields.phoff),
    word(fields.shoff),
    half(fields.phnum),
    half(fields.shnum),
    half(fields.shstrndx),
  ];
  // Extended numbering (0xff00 sections and more) puts the numbers elsewhere: no library has that.
  if (phnum >= 0xffff || shnum >= 0xff00 || (shnum > 0 && namesIndex >= shnum)) return undefined;
  if ((phnum > 0 && half(fields.phentsize) !== fields.phdr) || (shnum > 0 && half(fields.shentsize) !== fields.shdr)) return undefined;
  const segments = Array.from({ length: phnum }, (_, i) => segmentAt(view, phoff + i * fields.phdr, bits, littleEndian));
  const raw = Array.from({ length: shnum }, (_, i) => sectionAt(view, shoff + i * fields.shdr, i, bits, littleEndian));
  const names = raw[namesIndex];
  const sections = raw.map(({ nameAt, ...section }) => ({
    ...section,
    name: names === undefined ? '' : nameOf(view, names.offset + nameAt, names.offset + names.sizeBytes),
  }));
  return {
    bits,
    view,
    littleEndian,
    type: half(16),
    segments,
    sections,
    sectionTable: { offset: shoff, entryBytes: fields.shdr },
    namesIndex,
    headerBytes: fields.bytes,
    segmentTableEnd: phnum === 0 ? 0 : phoff + phnum * fields.phdr,
  };
}

function segmentAt(view: DataView, at: number, bits: 32 | 64, littleEndian: boolean): Segment {
  const word = (offset: number): number => readWord(view, at + offset, bits, littleEndian);
  const type = view.getUint32(at, littleEndian);
  return bits === 32
    ? { type, offset: word(4), address: word(8), fileBytes: word(16) }
    : { type, offset: word(8), address: word(16), fileBytes: word(32) };
}

function sectionAt(
  view: DataView,
  at: number,
  index: number,
  bits: 32 | 64,
  littleEndian: boolean,
): Omit<Section, 'name'> & { nameAt: number } {
  const int = (offset: number): number => view.getUint32(at + offset, littleEndian);
  const word = (offset: number): number => readWord(view, at + offset, bits, littleEndian);
  const head = { index, nameAt: int(0), type: int(4), flags: word(8) };
  return bits === 32
    ? { ...head, offset: word(16), sizeBytes: word(20), link: int(24), info: int(28), align: word(32) }
    : { ...head, offset: word(24), sizeBytes: word(32), link: int(40), info: int(44), align: word(48) };
}

/** A NUL-terminated name; RangeError when it leaves the file. */
export function nameOf(view: DataView, from: number, limit: number): string {
  let text = '';
  for (let at = from; at < limit; at += 1) {
    const byte = view.getUint8(at);
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
