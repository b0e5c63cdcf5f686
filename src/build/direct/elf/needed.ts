import { nameOf, PT_DYNAMIC, PT_LOAD, readElf, readWord, type Elf } from './layout.ts';

const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_SONAME = 14;

/** The libraries that a program or library asks the loader for (DT_NEEDED), in its order; none for anything else. */
export const neededLibraries = (bytes: Uint8Array): string[] => dynamicNames(bytes, DT_NEEDED);

/** What a library is called (DT_SONAME); undefined for anything else. */
export const libraryName = (bytes: Uint8Array): string | undefined => dynamicNames(bytes, DT_SONAME)[0];

function dynamicNames(bytes: Uint8Array, wanted: number): string[] {
  const elf = readElf(bytes);
  const dynamic = elf?.segments.find((segment) => segment.type === PT_DYNAMIC);
  if (!elf || !dynamic) return [];
  try {
    const entries = dynamicEntries(elf, dynamic.offset, dynamic.fileBytes);
    const strings = offsetOf(elf, entries.find(([tag]) => tag === DT_STRTAB)?.[1] ?? 0);
    if (strings === undefined) return [];
    return entries.filter(([tag]) => tag === wanted).map(([, value]) => nameOf(elf.view, strings + value, elf.view.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function dynamicEntries({ view, bits, littleEndian }: Elf, offset: number, sizeBytes: number): [number, number][] {
  const step = bits / 4;
  const entries: [number, number][] = [];
  for (let at = offset; at + step <= offset + sizeBytes; at += step) {
    const tag = readWord(view, at, bits, littleEndian);
    if (tag === 0) break;
    entries.push([tag, readWord(view, at + bits / 8, bits, littleEndian)]);
  }
  return entries;
}

/** Where in the file an address is loaded from. */
function offsetOf(elf: Elf, address: number): number | undefined {
  const segment = elf.segments.find((one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.fileBytes);
  return segment && segment.offset + address - segment.address;
}
