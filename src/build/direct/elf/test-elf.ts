// Test code: small ELF files of any class and byte order, laid out as linkers do.
import { headerFields, writeWord } from './layout.ts';

export interface TestSection {
  readonly name: string;
  readonly type?: number;
  readonly flags?: number;
  readonly data?: Uint8Array;
  readonly link?: number;
  readonly info?: number;
}

export interface TestElf {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** e_type; default 3, a shared library. */
  readonly type?: number;
  /** After the null section; `.shstrtab` is added last. */
  readonly sections: readonly TestSection[];
  /** How many of them the one PT_LOAD segment covers. */
  readonly loaded: number;
}

export function elfOf({ bits, littleEndian, type = 3, sections, loaded }: TestElf): Uint8Array {
  const fields = headerFields(bits);
  const names = ['', ...sections.map((section) => section.name), '.shstrtab'];
  const strings = Buffer.from(`${names.join('\0')}\0`);
  const all: TestSection[] = [{ name: '' }, ...sections, { name: '.shstrtab', type: 3, data: strings }];
  let end = fields.bytes + fields.phdr;
  const offsets = all.map(({ data }) => {
    const at = Math.ceil(end / 8) * 8;
    end = at + (data?.length ?? 0);
    return at;
  });
  const table = Math.ceil(end / 8) * 8;
  const out = new Uint8Array(table + all.length * fields.shdr);
  const view = new DataView(out.buffer);
  const word = (at: number, value: number): void => writeWord(view, at, value, bits, littleEndian);
  out.set([0x7f, 0x45, 0x4c, 0x46, bits / 32, littleEndian ? 1 : 2, 1]);
  view.setUint16(16, type, littleEndian);
  word(fields.phoff, fields.bytes);
  word(fields.shoff, table);
  for (const [at, value] of [
    [fields.phentsize, fields.phdr],
    [fields.phnum, 1],
    [fields.shentsize, fields.shdr],
    [fields.shnum, all.length],
    [fields.shstrndx, all.length - 1],
  ] as const)
    view.setUint16(at, value, littleEndian);
  view.setUint32(fields.bytes, 1, littleEndian); // PT_LOAD, from the start of the file
  const last = all[loaded];
  word(fields.bytes + (bits === 32 ? 16 : 32), (offsets[loaded] ?? 0) + (last?.data?.length ?? 0));
  for (const [i, section] of all.entries()) {
    const at = table + i * fields.shdr;
    const place =
      bits === 32
        ? { flags: 8, offset: 16, size: 20, link: 24, info: 28, align: 32 }
        : { flags: 8, offset: 24, size: 32, link: 40, info: 44, align: 48 };
    view.setUint32(at, Buffer.byteLength(names.slice(0, i).join('\0')) + (i > 0 ? 1 : 0), littleEndian);
    view.setUint32(at + 4, i === 0 ? 0 : (section.type ?? 1), littleEndian);
    word(at + place.flags, section.flags ?? 0);
    word(at + place.offset, i === 0 ? 0 : (offsets[i] ?? 0));
    word(at + place.size, section.data?.length ?? 0);
    view.setUint32(at + place.link, section.link ?? 0, littleEndian);
    view.setUint32(at + place.info, section.info ?? 0, littleEndian);
    word(at + place.align, 1);
    if (section.data) out.set(section.data, offsets[i]);
  }
  return out;
}
