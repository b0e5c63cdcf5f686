/** What the dynamic loader reads of an ELF file. */
export interface ElfFile {
  /** As OCI names it; undefined for one that has no name there. */
  readonly architecture: string | undefined;
  /** The loader that the file asks for (PT_INTERP). */
  readonly interpreter?: string;
  readonly needed: readonly string[];
  readonly soname?: string;
  /** DT_RPATH and DT_RUNPATH, split at colons. */
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
  /** Symbol versions that it demands, by library: `libc.so.6` → `GLIBC_2.34`. Weak demands are left out. */
  readonly demands: ReadonlyMap<string, readonly string[]>;
  /** Symbol versions that it defines. */
  readonly defines: ReadonlySet<string>;
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** e_machine, gABI; OCI names from Go's GOARCH. */
const MACHINES: Readonly<Record<number, string>> = {
  3: '386',
  21: 'ppc64le',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
};
const PT = { load: 1, dynamic: 2, interp: 3 };
const DT = {
  needed: 1n,
  strtab: 5n,
  soname: 14n,
  rpath: 15n,
  runpath: 29n,
  verdef: 0x6ffffffcn,
  verdefnum: 0x6ffffffdn,
  verneed: 0x6ffffffen,
  verneednum: 0x6fffffffn,
};
const WEAK = 2;

export const isElf = (bytes: Uint8Array): boolean => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/**
 * Reads a 64-bit ELF file, either byte order; undefined for anything else and for a file cut off or broken.
 * Source: System V gABI, "Program Header", "Dynamic Section"; LSB, "Symbol Versioning".
 */
export function readElf(bytes: Uint8Array): ElfFile | undefined {
  if (!isElf(bytes) || bytes[4] !== 2) return undefined;
  try {
    return parse(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // an offset outside of the file
    throw error;
  }
}

function parse(bytes: Uint8Array): ElfFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[5] === 1;
  const u16 = (at: number): number => view.getUint16(at, little);
  const u32 = (at: number): number => view.getUint32(at, little);
  const u64 = (at: number): bigint => view.getBigUint64(at, little);
  const segments: Segment[] = Array.from({ length: u16(56) }, (_, index) => {
    const at = Number(u64(32)) + index * u16(54);
    return { type: u32(at), offset: Number(u64(at + 8)), address: Number(u64(at + 16)), size: Number(u64(at + 32)) };
  });
  const text = (at: number): string => {
    const end = bytes.indexOf(0, at);
    if (at < 0 || end < 0) throw new RangeError('a string outside of the file');
    return Buffer.from(bytes.subarray(at, end)).toString('latin1');
  };
  const offsetOf = (address: number): number => {
    const segment = segments.find((it) => it.type === PT.load && address >= it.address && address < it.address + it.size);
    if (!segment) throw new RangeError('an address outside of the file');
    return address - segment.address + segment.offset;
  };

  const interp = segments.find((it) => it.type === PT.interp);
  const dynamic = segments.find((it) => it.type === PT.dynamic);
  const tags = new Map<bigint, bigint[]>();
  for (let at = dynamic?.offset ?? 0, end = at + (dynamic?.size ?? 0); at + 16 <= end; at += 16) {
    const tag = u64(at);
    if (tag === 0n) break;
    tags.set(tag, [...(tags.get(tag) ?? []), u64(at + 8)]);
  }
  const first = (tag: bigint): number | undefined => (tags.has(tag) ? Number(tags.get(tag)![0]) : undefined);
  const strings = first(DT.strtab);
  const name = (offset: number): string => text(offsetOf(strings ?? -1) + offset);
  const paths = (tag: bigint): string[] => (tags.get(tag) ?? []).flatMap((it) => name(Number(it)).split(':')).filter((it) => it !== '');
  const soname = first(DT.soname);

  const demands = new Map<string, string[]>();
  const verneed = first(DT.verneed);
  for (
    let at = verneed === undefined ? 0 : offsetOf(verneed), left = first(DT.verneednum) ?? 0;
    left > 0 && verneed !== undefined;
    left -= 1
  ) {
    const versions: string[] = [];
    for (let aux = at + u32(at + 8), more = u16(at + 2); more > 0; more -= 1) {
      if ((u16(aux + 4) & WEAK) === 0) versions.push(name(u32(aux + 8)));
      aux += u32(aux + 12);
    }
    demands.set(name(u32(at + 4)), versions);
    at += u32(at + 12);
  }
  const defines = new Set<string>();
  const verdef = first(DT.verdef);
  for (let at = verdef === undefined ? 0 : offsetOf(verdef), left = first(DT.verdefnum) ?? 0; left > 0 && verdef !== undefined; left -= 1) {
    defines.add(name(u32(at + u32(at + 12))));
    at += u32(at + 16);
  }
  return {
    architecture: little || u16(18) === 22 ? MACHINES[u16(18)] : undefined,
    ...(interp ? { interpreter: text(interp.offset) } : {}),
    needed: (tags.get(DT.needed) ?? []).map((it) => name(Number(it))),
    ...(soname === undefined ? {} : { soname: name(soname) }),
    rpath: paths(DT.rpath),
    runpath: paths(DT.runpath),
    demands,
    defines,
  };
}
