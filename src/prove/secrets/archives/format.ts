/** What holds one file, made smaller. */
const COMPRESSIONS = ['gzip', 'xz', 'zstd'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** What holds files. */
export type Archive = 'zip' | 'tar';

export const isCompression = (format: string): format is Compression => (COMPRESSIONS as readonly string[]).includes(format);

/** What is known and cannot be opened here. */
export type Closed = 'bzip2' | '7-Zip';

const MAGICS: readonly (readonly [Archive | Compression | Closed, string, number])[] = [
  ['zip', 'PK\x03\x04', 0], // APPNOTE.TXT, 4.3.7
  ['gzip', '\x1f\x8b\x08', 0], // RFC 1952, 2.3.1
  ['zstd', '\x28\xb5\x2f\xfd', 0], // RFC 8878, 3.1.1
  ['xz', '\xfd7zXZ\0', 0], // The .xz File Format, 2.1.1.1
  ['tar', 'ustar', 257], // POSIX.1, pax, "ustar Interchange Format"; GNU's has the same
  ['bzip2', '1AY&SY', 4],
  ['7-Zip', '7z\xbc\xaf\x27\x1c', 0],
];

/** What a file is by how it begins; undefined where that is no archive. */
export const formatOf = (head: Buffer): Archive | Compression | Closed | undefined =>
  MAGICS.find(([, magic, at]) => isAt(head, magic, at))?.[0] ?? (isScriptedZip(head) ? 'zip' : undefined);

function isAt(head: Buffer, magic: string, at: number): boolean {
  if (head.length < at + magic.length) return false;
  for (let i = 0; i < magic.length; i += 1) if (head[at + i] !== magic.charCodeAt(i)) return false;
  return true;
}

/** PEP 441: an interpreter's name in one line before the archive. */
function isScriptedZip(head: Buffer): boolean {
  if (head[0] !== 0x23 || head[1] !== 0x21) return false;
  const line = head.subarray(0, 512).indexOf('\n');
  return line > 0 && isAt(head, 'PK\x03\x04', line + 1);
}
