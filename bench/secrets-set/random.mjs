import { createHash } from 'node:crypto';

export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const UPPER = LOWER.toUpperCase();
export const DIGITS = '0123456789';
export const ALNUM = DIGITS + UPPER + LOWER;
export const URLSAFE = `${ALNUM}-_`;
export const HEX = '0123456789abcdef';

/** Pseudo-random choices, the same for the same seed. */
export function randomOf(seed) {
  let block = Buffer.alloc(0);
  let count = 0;
  const byte = () => {
    if (block.length === 0)
      block = createHash('sha256')
        .update(`${seed}/${(count += 1)}`)
        .digest();
    const first = block[0];
    block = block.subarray(1);
    return first;
  };
  const int = (below) => {
    const all = 2 ** 24;
    for (;;) {
      const value = byte() * 65536 + byte() * 256 + byte();
      if (value < all - (all % below)) return value % below;
    }
  };
  const one = (items) => items[int(items.length)];
  const text = (alphabet, length) => Array.from({ length }, () => one(alphabet)).join('');
  return { int, one, text, hex: (length) => text(HEX, length), bytes: (length) => Buffer.from(Array.from({ length }, byte)) };
}
