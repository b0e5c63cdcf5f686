import { UserError } from '../base/index.ts';

/** Beside the files; to be committed with them. */
export const RECORD_FILE = '.plimsoll-written.json';

/** What was written before, by path: the bases of merges. */
export type WrittenBefore = ReadonlyMap<string, string>;

const ABOUT = 'What `plimsoll init` wrote, so that it can merge: commit it, and do not edit it.';
const SCHEMA = 'plimsoll/written/1';

/** As lines, so that a diff of it can be read and git can merge it. */
export function writeRecord(written: WrittenBefore): string {
  const files = Object.fromEntries([...written].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => [path, text.split('\n')]));
  return `${JSON.stringify({ schema: SCHEMA, about: ABOUT, files }, null, 2)}\n`;
}

/** Throws UserError for what `writeRecord` did not write. */
export function readRecord(text: string): WrittenBefore {
  const { schema, files } = parsed(text);
  if (typeof schema === 'string' && schema.startsWith('plimsoll/written/') && schema !== SCHEMA)
    throw new UserError(`\`${schema}\` is of another version of Plimsoll`, 'use that version, or a newer one', { file: RECORD_FILE });
  if (schema !== SCHEMA || typeof files !== 'object' || files === null) throw broken('what it says is not what Plimsoll writes');
  return new Map(
    Object.entries(files).map(([path, lines]: [string, unknown]) => {
      if (!Array.isArray(lines) || !lines.every((line) => typeof line === 'string')) throw broken(`\`${path}\` is no list of lines`);
      return [path, lines.join('\n')];
    }),
  );
}

function parsed(text: string): { schema?: unknown; files?: unknown } {
  try {
    return (JSON.parse(text) as { schema?: unknown; files?: unknown } | null) ?? {};
  } catch {
    throw broken('it is no JSON');
  }
}

const broken = (why: string): UserError =>
  new UserError(
    `what was written before cannot be read: ${why}`,
    'take this file from version control again; or remove it and run `plimsoll init --adopt`',
    {
      file: RECORD_FILE,
    },
  );
