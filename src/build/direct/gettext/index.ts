import { writeMo } from './mo.ts';
import { readPo } from './po.ts';

/** What msgfmt makes of a .po file. Throws UserError with the line that cannot be read. */
export const compilePo = (bytes: Uint8Array, file: string): Uint8Array => writeMo(readPo(bytes, file));
