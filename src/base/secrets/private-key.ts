import { base64Bytes } from './base64.ts';
import { isLockedPgp } from './pgp-key.ts';

/** The mark of every PEM private key, and that of PuTTY's. */
export const PEM_MARK = 'PRIVATE KEY';
export const PUTTY_MARK = 'PuTTY-User-Key-File-';

const PEM = /-----BEGIN ((?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY|PGP PRIVATE KEY BLOCK)-----([\s\S]{1,16000}?)-----END \1-----/g;
/** PuTTY's manual, "PPK file format". */
const PUTTY = /PuTTY-User-Key-File-[23]: \S+\s+Encryption: (\S+)\s[\s\S]{1,16000}?Private-Lines: \d+\s+[A-Za-z0-9+/]{20,}/g;

/** Where private keys begin in a text. A key is told by what it decodes to: words between two marks are none. */
export function privateKeysIn(text: string): readonly { readonly at: number; readonly name: string }[] {
  const pem = [...text.matchAll(PEM)].flatMap(({ index, 1: label = '', 2: body = '' }) => {
    const kind = kindOf(label, body);
    return kind === undefined ? [] : [{ at: index, name: nameOf(label, kind) }];
  });
  const putty = [...text.matchAll(PUTTY)].map(({ index, 1: cipher }) => ({
    at: index,
    name: nameOf('PuTTY private key', cipher === 'none' ? 'open' : 'encrypted'),
  }));
  return [...pem, ...putty];
}

/** Who has an encrypted one needs its passphrase too. */
type Kind = 'open' | 'encrypted';

function nameOf(label: string, kind: Kind): string {
  const name = label
    .replace(/PRIVATE KEY( BLOCK)?/, 'private key')
    .replace('OPENSSH', 'OpenSSH')
    .replace('ENCRYPTED ', '');
  return kind === 'encrypted' ? `encrypted ${name}` : name;
}

function kindOf(label: string, written: string): Kind | undefined {
  // In JSON and in source, line ends stand as `\n`; in source, each line may be a literal of its own.
  const lines = written
    .replaceAll(/["'][\s+,()b\\]*["']/g, '\n')
    .replaceAll(/\\r|\r/g, '')
    .replaceAll('\\n', '\n')
    .split('\n')
    .map((line) => line.replaceAll(/^\s+|[\s\\]+$/g, ''));
  const body = lines.filter((line) => !/^[A-Za-z-]+: /.test(line)).join('');
  if (label.startsWith('PGP')) return pgpKind(body);
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(body)) return undefined;
  const bytes = base64Bytes(body);
  if (new Set(bytes).size < 16) return undefined; // one value over and over: an example
  if (label.startsWith('OPENSSH')) return opensshKind(bytes);
  // A block cipher's output: RFC 1421, 4.6.1.1.
  if (lines.some((line) => /^Proc-Type: ?4, ?ENCRYPTED/.test(line))) return bytes.length % 8 === 0 ? 'encrypted' : undefined;
  return isSequence(bytes) ? (label.startsWith('ENCRYPTED') ? 'encrypted' : 'open') : undefined;
}

/** The armour's last line is a checksum: `=abcd`. */
function pgpKind(body: string): Kind | undefined {
  const data = /^([A-Za-z0-9+/]{200,}={0,2}?)(?:=[A-Za-z0-9+/]{4})?$/.exec(body)?.[1];
  return data === undefined ? undefined : isLockedPgp(base64Bytes(data)) ? 'encrypted' : 'open';
}

/** OpenSSH, PROTOCOL.key: a magic, then the cipher's name. */
function opensshKind(bytes: Uint8Array): Kind | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 40));
  if (!text.startsWith('openssh-key-v1\0')) return undefined;
  return text.slice(19).startsWith('none') ? 'open' : 'encrypted';
}

/** DER: one SEQUENCE that fills all of it. RFC 5208 (PKCS #8), RFC 8017 (PKCS #1), RFC 5915 (EC). */
function isSequence(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false;
  const first = bytes[1] ?? 0;
  if (first < 0x80) return bytes.length === 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 3) return false;
  const length = bytes.subarray(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return bytes.length === 2 + count + length;
}
