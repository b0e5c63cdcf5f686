/** Base 64, of a URL too; what ends in the middle of a group loses its last bits, as `Buffer` has it. Throws for other characters. */
export function base64Bytes(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits), (character) => character.charCodeAt(0));
}

/** A JSON object in base 64; undefined for anything else. */
export function base64Object(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(base64Bytes(text)));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
