import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { nearest, UserError } from '../base/index.ts';
import { configSchema, type Config } from './schema.ts';

/** The file's name, at the root of the repository. */
const CONFIG_FILE = 'plimsoll.yaml';

/**
 * Reads plimsoll.yaml. Throws UserError with file, line and column of the first thing that is wrong; further ones
 * are named in the hint.
 */
export function readConfig(text: string, file: string = CONFIG_FILE): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors[0];
  if (broken) {
    const at = lines.linePos(broken.pos[0]);
    throw new UserError(broken.message, 'mend the YAML at this place', { file, line: at.line, column: at.col });
  }
  const result = configSchema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  const [first, ...more] = result.error.issues;
  if (!first) throw new Error('zod failed without an issue');
  const hint = more.length > 0 ? `also: ${more.map((i) => `${i.path.join('.')}: ${describe(i)}`).join('; ')}` : hintFor(first);
  throw new UserError(`${first.path.join('.') || 'the file'}: ${describe(first)}`, hint, { file, ...placeOf(document, lines, first) });
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.map((k) => `\`${k}\``).join(', ')}`;
  if (issue.code === 'invalid_format') return `not ${issue.message}`;
  return issue.message;
}

function hintFor(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return '`plimsoll explain plimsoll.yaml` lists the keys';
  const near = nearest(issue.keys[0] ?? '', Object.keys(configSchema.shape));
  return near === undefined ? '`plimsoll explain plimsoll.yaml` lists the keys' : `did you mean \`${near}\`?`;
}

/** The key, for an unknown one; else the value; else the nearest parent that exists. */
function placeOf(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): { line: number; column: number } {
  const path = issue.path as (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    const map = document.getIn(path, true) ?? document.contents;
    const pair = (map as { items?: { key?: { value?: unknown; range?: [number, number, number] } }[] } | null)?.items?.find(
      (item) => item.key?.value === issue.keys[0],
    );
    if (pair?.key?.range) return at(lines, pair.key.range[0]);
  }
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return at(lines, node.range[0]);
  }
  return { line: 1, column: 1 };
}

const at = (lines: LineCounter, offset: number): { line: number; column: number } => {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
};
