import { base64Object } from './base64.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Their last six characters are the CRC-32 of the thirty before, in base 62: GitHub, "Behind GitHub's new authentication token formats". */
export function hasGithubChecksum(token: string): boolean {
  const [random, check] = [token.slice(-36, -6), token.slice(-6)];
  let rest = crc(random);
  let written = '';
  for (let i = 0; i < 6; i += 1) {
    written = (BASE62[rest % 62] ?? '') + written;
    rest = Math.floor(rest / 62);
  }
  return written === check;
}

/** CRC-32 of RFC 1952, section 8, of a text in Latin-1; zlib has one too, but not in a browser. */
function crc(text: string): number {
  let rest = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    rest ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return (rest ^ 0xffffffff) >>> 0;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The account that an AWS access key belongs to; undefined for keys of the older form, which do not hold it, and for what is
 * none. STS, GetAccessKeyInfo tells the same; 40 bits after the first one, in base 32 behind the prefix.
 */
export function awsAccount(key: string): string | undefined {
  const values = Array.from(key.slice(4, 13), (character) => BASE32.indexOf(character));
  if (values.includes(-1) || (values[0] ?? 0) < 16) return undefined;
  const bits = values.reduce((sum, value) => sum * 32n + BigInt(value), 0n); // 45 bits: 1, the 40 of the account, 4 more
  const account = (bits >> 4n) & 0xffffffffffn;
  return account < 10n ** 12n ? String(account).padStart(12, '0') : undefined;
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** BIP 173, "Checksum": age's keys are written so (age-encryption.org/v1). */
export function hasBech32Checksum(text: string): boolean {
  const lower = text.toLowerCase();
  const one = lower.lastIndexOf('1');
  const prefix = Array.from(lower.slice(0, one), (character) => character.charCodeAt(0));
  const data = Array.from(lower.slice(one + 1), (character) => BECH32.indexOf(character));
  if (one < 1 || data.includes(-1)) return false;
  let sum = 1;
  for (const value of [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...data]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [i, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
      if ((top >>> i) & 1) sum ^= generator;
  }
  return sum === 1;
}

/** RFC 7519: a signed token whose claims say whose it is or how long it holds. That of everybody's examples is none. */
export function carriesClaims(token: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.');
  const algorithm = base64Object(head)?.['alg'];
  const claims = base64Object(body);
  if (typeof algorithm !== 'string' || algorithm.toLowerCase() === 'none' || claims === undefined || signature.length < 32) return false;
  const says = JSON.stringify(claims);
  if (/1234567890|John Doe|example|"(?:foo|bar|joe|test)\b/i.test(says)) return false;
  return ['iss', 'sub', 'aud', 'exp', 'jti', 'scope', 'email'].filter((name) => name in claims).length >= 2;
}
