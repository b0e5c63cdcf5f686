import { readRecord, RECORD_FILE, writeRecord, type WrittenBefore } from '../../write/index.ts';
import { textOf, type Change } from './changes.ts';
import type { Saving } from './save.ts';

/** What was written here before; nothing where `init` never ran. */
export async function writtenBefore(root: string): Promise<WrittenBefore> {
  const text = await textOf(root, RECORD_FILE);
  return text === undefined ? new Map() : readRecord(text);
}

/** The record after these changes. What is no longer written stays known, for when it is written again. */
export function writtenNow(before: WrittenBefore, changes: readonly Change[]): Saving {
  const now = new Map(before);
  for (const { path, base } of changes) if (base !== undefined) now.set(path, base);
  return { path: RECORD_FILE, text: writeRecord(now) };
}
