/** Examples in documentation say so, or repeat themselves. */
export const isExample = (token: string): boolean =>
  /EXAMPLE|example|x{6}|X{6}|0{8}|\*{4}|1234567890|0123456789|abcdefgh|ABCDEFGH|\.{3}/.test(token) || /(.)\1{9}/.test(token);

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / text.length) * Math.log2(n / text.length), 0);
}

/** Of what has a shape of its own: random hexadecimal of 32 digits has 3.1 bits at least, what is typed for an example less. */
export const isVaried = (text: string): boolean => entropy(text) > Math.min(3, Math.log2(text.length) * 0.7);

/** Random base 64 or base 62 of this length is above it, and random hexadecimal of 32 digits; words, paths and repeated characters are below. */
export function isRandom(text: string): boolean {
  const most = Math.log2(Math.min(text.length, /^[0-9a-f-]*$/i.test(text) ? 16 : 64));
  return entropy(text) > Math.min(3.5, most * 0.75);
}
