/** What resolving and fetching need to know of a package: fields of deb-control(5) and of the index. */
export interface IndexedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Path below the mirror. */
  readonly filename: string;
  readonly sizeBytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Pre-Depends and Depends, as one list. */
  readonly depends: string;
  readonly provides: string;
}

/** Looks packages up in one or several indexes. */
export interface PackageIndex {
  named(name: string): readonly IndexedPackage[];
  /** Packages that have `name` in their Provides. */
  providing(name: string): readonly IndexedPackage[];
}

/** Of `digestIndex`: another number makes the store forget what an older format left. */
export const digestFormat = 2;

const wanted = ['package', 'version', 'architecture', 'filename', 'size', 'sha256', 'pre-depends', 'depends', 'provides'] as const;
type Wanted = (typeof wanted)[number];

/**
 * A Packages file (about 50 MB) cut down to one line for each package and the fields needed, tab-separated (about 20 MB);
 * after an empty line, one line for each name that a package provides. Both parts are sorted, so that a name is found
 * without reading the rest. Packages without a name, version, file or hash are left out: they cannot be fetched.
 */
export async function digestIndex(packages: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const stanzas = stanzaReader();
  let rest = '';
  for await (const chunk of packages) {
    // The fields wanted are ASCII by policy; latin1 keeps one character for each byte and is the fastest to decode.
    const text = rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    const end = text.lastIndexOf('\n') + 1;
    stanzas.read(text, end);
    rest = text.slice(end);
  }
  stanzas.read(`${rest}\n\n`, rest.length + 2);
  const { lines } = stanzas;
  const provides = lines.flatMap((line) => {
    const names = line.slice(line.lastIndexOf('\t') + 1);
    return names === '' ? [] : [...providedNames(names)].map((name) => `${name}\t${line.slice(0, line.indexOf('\t'))}`);
  });
  // A tab sorts before every letter of a name, so the lines of one name stay together.
  return Buffer.from(`${lines.toSorted().join('\n')}\n\n${[...new Set(provides)].toSorted().join('\n')}\n`, 'latin1');
}

/** Reads a Packages file piece by piece, whole lines at a time. */
function stanzaReader(): { readonly lines: string[]; read(text: string, to: number): void } {
  const lines: string[] = [];
  let fields: Partial<Record<Wanted, string>> = {};
  let last: Wanted | undefined;
  const line = (text: string, at: number, end: number): void => {
    if (end === at) {
      pushLine(lines, fields);
      fields = {};
      last = undefined;
    } else if (text[at] === ' ' || text[at] === '\t') {
      if (last !== undefined) fields[last] += ` ${text.slice(at, end).trim()}`;
    } else {
      last = fieldAt(text, at);
      if (last !== undefined) fields[last] = text.slice(at + last.length + 1, end).trim();
    }
  };
  const read = (text: string, to: number): void => {
    for (let at = 0; at < to;) {
      const end = text.indexOf('\n', at);
      line(text, at, end);
      at = end + 1;
    }
  };
  return { lines, read };
}

/** Which wanted field a line begins; most lines are told apart by their first letter alone. */
function fieldAt(text: string, at: number): Wanted | undefined {
  const first = text.charCodeAt(at) | 0x20;
  return wanted.find(
    (name) => name.charCodeAt(0) === first && text[at + name.length] === ':' && text.slice(at, at + name.length).toLowerCase() === name,
  );
}

function pushLine(lines: string[], fields: Partial<Record<Wanted, string>>): void {
  const { package: name, version, architecture, filename, size, sha256 } = fields;
  if (!name || !version || !architecture || !filename || !size || !sha256) return;
  const depends = [fields['pre-depends'], fields.depends].filter(Boolean).join(', ');
  lines.push([name, version, architecture, filename, size, sha256, depends, fields.provides ?? ''].join('\t'));
}

/** Reads what `digestIndex` wrote; only what is asked for is taken apart. */
export function openDigest(digest: Uint8Array): PackageIndex {
  const text = Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('latin1');
  const split = text.indexOf('\n\n') + 1;
  const named = (name: string): IndexedPackage[] => linesOf(text, 0, split, name).map(packageOf);
  return { named, providing: (name) => linesOf(text, split + 1, text.length, name).flatMap((line) => named(line.slice(name.length + 1))) };
}

/** The lines of the sorted part `from`–`to` that begin with `name` and a tab: binary search. */
function linesOf(text: string, from: number, to: number, name: string): string[] {
  const key = `${name}\t`;
  let low = from;
  let high = to;
  while (low < high) {
    const middle = text.lastIndexOf('\n', ((low + high) >> 1) - 1) + 1;
    const start = Math.max(middle, low);
    if (text.slice(start, start + key.length) < key) low = text.indexOf('\n', Math.max(start, (low + high) >> 1)) + 1;
    else high = start;
  }
  const lines: string[] = [];
  for (let at = low; at < to && text.startsWith(key, at);) {
    const end = text.indexOf('\n', at);
    lines.push(text.slice(at, end));
    at = end + 1;
  }
  return lines;
}

const providedNames = (provides: string): Set<string> =>
  new Set(
    provides
      .split(',')
      .map((part) => part.trim().split(/[\s(:]/, 1)[0] ?? '')
      .filter((name) => name !== ''),
  );

function packageOf(line: string): IndexedPackage {
  const [name = '', version = '', architecture = '', filename = '', size = '', sha256 = '', depends = '', provides = ''] = line.split('\t');
  return { name, version, architecture, filename, sizeBytes: Number(size), sha256, depends, provides };
}
