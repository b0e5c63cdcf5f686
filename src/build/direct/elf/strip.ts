import {
  ET_DYN,
  ET_EXEC,
  headerFields,
  readElf,
  SHF_ALLOC,
  SHF_INFO_LINK,
  SHT_NOBITS,
  SHT_REL,
  SHT_RELA,
  writeWord,
  type Elf,
  type Section,
} from './layout.ts';

/** Sections that only debuggers and linkers read, and that no program is loaded from: as `strip` without options. */
const debugSection = /^(?:\.rela?)?\.z?debug_|^\.(?:symtab|strtab|symtab_shndx|stab.*|line|gdb_index|gnu_debugdata)$/;

/**
 * A program or shared library without its debug and symbol sections. Program headers and every byte that is loaded stay
 * where and what they are, the build id among them; sections that are not loaded move up, and the section header table
 * is written anew. Returns the same object when there is nothing to take out, and for anything out of the ordinary: no
 * ELF file, object files, damaged tables, data behind the last section.
 */
export function stripDebug(bytes: Uint8Array): Uint8Array {
  const elf = readElf(bytes);
  if (!elf || (elf.type !== ET_DYN && elf.type !== ET_EXEC) || elf.sections.length === 0 || elf.segments.length === 0) return bytes;
  const dropped = new Set(elf.sections.filter((section) => isDebug(section, elf)).map((section) => section.index));
  if (dropped.size === 0) return bytes;
  const kept = elf.sections.filter((section) => !dropped.has(section.index));
  if (!isOrdinary(elf, bytes.length) || !canRenumber(kept, dropped)) return bytes;
  const plan = planOf(elf, kept);
  return plan.sizeBytes < bytes.length ? rewrite(bytes, elf, plan) : bytes; // a damaged table may ask for terabytes
}

const isLoaded = (section: Section): boolean => section.flags % (2 * SHF_ALLOC) >= SHF_ALLOC; // flags may have more than 32 bits

const isDebug = (section: Section, elf: Elf): boolean =>
  section.index !== 0 &&
  section.index !== elf.namesIndex &&
  !isLoaded(section) &&
  section.type !== SHT_NOBITS &&
  debugSection.test(section.name);

const fileEnd = (section: Section): number => (section.type === SHT_NOBITS || section.index === 0 ? 0 : section.offset + section.sizeBytes);

/** Everything lies inside the file, and nothing lies behind what the tables describe (self-extracting programs do that). */
function isOrdinary(elf: Elf, length: number): boolean {
  const tableEnd = elf.sectionTable.offset + elf.sections.length * elf.sectionTable.entryBytes;
  const end = Math.max(tableEnd, loadedEnd(elf), ...elf.sections.map(fileEnd));
  return end <= length && length - end < 16;
}

/** The file up to here is what programs are loaded from. */
function loadedEnd(elf: Elf): number {
  return Math.max(
    elf.headerBytes,
    elf.segmentTableEnd,
    ...elf.segments.map((segment) => segment.offset + segment.fileBytes),
    ...elf.sections.filter(isLoaded).map(fileEnd),
  );
}

/**
 * Symbols in loaded tables name sections by number, and loaded bytes must not change: so loaded sections must keep theirs.
 * And nothing that stays may point to what goes.
 */
function canRenumber(kept: readonly Section[], dropped: ReadonlySet<number>): boolean {
  const first = Math.min(...dropped);
  return kept.every(
    (section) =>
      !(isLoaded(section) && section.index > first) && !dropped.has(section.link) && !(infoIsSection(section) && dropped.has(section.info)),
  );
}

const infoIsSection = (section: Section): boolean =>
  section.type === SHT_REL || section.type === SHT_RELA || Math.floor(section.flags / SHF_INFO_LINK) % 2 === 1;

/** Where what stays will lie. */
interface Plan {
  readonly kept: readonly Section[];
  /** Bytes at the front that stay as they are. */
  readonly loaded: number;
  /** New offsets of the sections that move, by their old number. */
  readonly places: ReadonlyMap<number, number>;
  /** Offset of the section header table. */
  readonly table: number;
  readonly sizeBytes: number;
}

function planOf(elf: Elf, kept: readonly Section[]): Plan {
  const loaded = loadedEnd(elf);
  const places = new Map<number, number>();
  let end = loaded;
  for (const section of kept.toSorted((a, b) => a.offset - b.offset || a.index - b.index)) {
    if (isLoaded(section) || section.type === SHT_NOBITS || section.index === 0 || fileEnd(section) <= loaded) continue;
    end = aligned(end, Math.max(1, section.align));
    places.set(section.index, end);
    end += section.sizeBytes;
  }
  const table = aligned(end, elf.bits / 8);
  return { kept, loaded, places, table, sizeBytes: table + kept.length * elf.sectionTable.entryBytes };
}

function rewrite(bytes: Uint8Array, elf: Elf, plan: Plan): Uint8Array {
  const out = new Uint8Array(plan.sizeBytes);
  out.set(bytes.subarray(0, plan.loaded));
  for (const [index, place] of plan.places) {
    const section = elf.sections[index];
    if (section) out.set(bytes.subarray(section.offset, section.offset + section.sizeBytes), place);
  }
  writeTable(out, bytes, elf, plan);
  return out;
}

const aligned = (offset: number, to: number): number => Math.ceil(offset / to) * to;

function writeTable(out: Uint8Array, bytes: Uint8Array, elf: Elf, { kept, places, table }: Plan): void {
  const { bits, littleEndian, sectionTable } = elf;
  const view = new DataView(out.buffer);
  const numbers = new Map(kept.map((section, number) => [section.index, number]));
  const fields = headerFields(bits);
  const at = bits === 32 ? { offset: 16, link: 24, info: 28 } : { offset: 24, link: 40, info: 44 };
  for (const [number, section] of kept.entries()) {
    const from = sectionTable.offset + section.index * sectionTable.entryBytes;
    const to = table + number * sectionTable.entryBytes;
    out.set(bytes.subarray(from, from + sectionTable.entryBytes), to);
    const place = places.get(section.index); // what does not move keeps its own, be it as absurd as a section without bytes may have
    if (place !== undefined) writeWord(view, to + at.offset, place, bits, littleEndian);
    view.setUint32(to + at.link, numbers.get(section.link) ?? section.link, littleEndian);
    if (infoIsSection(section)) view.setUint32(to + at.info, numbers.get(section.info) ?? section.info, littleEndian);
  }
  writeWord(view, fields.shoff, table, bits, littleEndian);
  view.setUint16(fields.shnum, kept.length, littleEndian);
  view.setUint16(fields.shstrndx, numbers.get(elf.namesIndex) ?? 0, littleEndian);
}
