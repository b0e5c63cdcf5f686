import { createHash } from 'node:crypto';

/** A UUID of a content: the same for the same, RFC 9562, "UUID Version 8". */
export function uuidOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex').slice(0, 32);
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
