/** RFC 9580, 9.1: how many numbers the public part of a key has, by algorithm; those of curves begin with the curve's name. */
const NUMBERS: Readonly<Record<number, number>> = { 1: 2, 2: 2, 3: 2, 16: 3, 17: 4 };
const CURVES = [18, 19, 22];
const ECDH = 18;

/** Whether the first key of a transferable secret key (RFC 9580, 5.5.3) needs a passphrase. What cannot be read counts as open. */
export function isLockedPgp(bytes: Uint8Array): boolean {
  let at = bodyAt(bytes);
  if (at === undefined || bytes[at] !== 4) return false;
  const algorithm = bytes[at + 5] ?? 0;
  at += 6;
  const skipNumber = (): number => (at = (at ?? 0) + 2 + Math.ceil(((bytes[at ?? 0] ?? 0) * 256 + (bytes[(at ?? 0) + 1] ?? 0)) / 8));
  if (CURVES.includes(algorithm)) {
    at += 1 + (bytes[at] ?? 0);
    skipNumber();
    if (algorithm === ECDH) at += 1 + (bytes[at] ?? 0);
  } else {
    const numbers = NUMBERS[algorithm];
    if (numbers === undefined) return false;
    for (let i = 0; i < numbers; i += 1) skipNumber();
  }
  return (bytes[at] ?? 0) !== 0;
}

/** Where the body of the first packet begins, where that is a secret key: 4.2. */
function bodyAt(bytes: Uint8Array): number | undefined {
  const tag = bytes[0] ?? 0;
  if (tag === 0xc5) {
    const first = bytes[1] ?? 0;
    return first < 192 ? 2 : first < 224 ? 3 : 6;
  }
  return (tag & 0xfc) === 0x94 ? 1 + 2 ** (tag & 3) : undefined;
}
