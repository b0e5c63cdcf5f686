/** The mark of every PEM private key. */
export const PEM_MARK = 'PRIVATE KEY';

const PEM = /-----BEGIN ((?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY|PGP PRIVATE KEY BLOCK)-----([\s\S]{1,16000}?)-----END \1-----/g;

/** Where private keys begin in a text. A key is told by what it decodes to: words between two marks are none. */
export function privateKeysIn(text: string): readonly { readonly at: number; readonly name: string }[] {
  return [...text.matchAll(PEM)].flatMap((match) => {
    const [, label = '', body = ''] = match;
    return isKey(label, body)
      ? [
          {
            at: match.index,
            name: label
              .toLowerCase()
              .replace(/^(rsa|ec|dsa|pgp)\b/, (it) => it.toUpperCase())
              .replace('openssh', 'OpenSSH'),
          },
        ]
      : [];
  });
}

function isKey(label: string, written: string): boolean {
  // In JSON and in source, line ends stand as `\n`; in source, each line may be a literal of its own.
  const lines = written
    .replaceAll(/["'][\s+,()b\\]*["']/g, '\n')
    .replaceAll(/\\r|\r/g, '')
    .replaceAll('\\n', '\n')
    .split('\n')
    .map((line) => line.replaceAll(/^\s+|[\s\\]+$/g, ''));
  const isEncrypted = lines.some((line) => /^Proc-Type: ?4, ?ENCRYPTED/.test(line));
  const body = lines.filter((line) => !/^[A-Za-z-]+: /.test(line)).join('');
  if (label.startsWith('PGP')) return /^[A-Za-z0-9+/=]{200,}$/.test(body);
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(body)) return false;
  const bytes = decoded(body);
  if (new Set(bytes).size < 16) return false; // one value over and over: an example
  if (label.startsWith('OPENSSH')) return String.fromCharCode(...bytes.subarray(0, 15)) === 'openssh-key-v1\0';
  if (isEncrypted) return bytes.length % 8 === 0; // a block cipher's output: RFC 1421, 4.6.1.1
  return isSequence(bytes);
}

/** Base 64; what ends in the middle of a group loses its last bits, as `Buffer` has it. */
function decoded(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '');
  return Uint8Array.from(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits), (character) => character.charCodeAt(0));
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
