import { replace } from '../../../dockerfile/index.ts';
import type { StageStep } from '../../stages/index.ts';
import type { Fix } from '../../types.ts';

/** Puts ` && command` at the end of a script, on a line of its own where the script has several. Undefined where that is not plain. */
export function appendCommand({ instruction, script }: StageStep, file: { readonly text: string }, command: string): Fix | undefined {
  const { args, heredocs } = instruction;
  const last = script.calls.findLast(({ inner }) => !inner);
  if (args.form !== 'text' || heredocs.length > 0 || last === undefined || last.conditional) return undefined;
  const { start, end } = args.word.span;
  // What follows the last call may be a comment, an operator or the end of a loop.
  if (last.span.end !== end) return undefined;
  const lines = file.text.slice(start, end).split(/\r?\n/);
  const line = lines.at(-1) ?? '';
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const newLine = file.text.includes('\r\n') ? '\r\n' : '\n';
  const lineStart = Math.max(0, file.text.lastIndexOf('\n', end - 1) + 1);
  const leads = /^[ \t]*&&[ \t]*/.exec(file.text.slice(lineStart, end))?.[0];
  const text =
    lines.length === 1 ? ` && ${command}` : leads === undefined ? ` && \\${newLine}${indent}${command}` : ` \\${newLine}${leads}${command}`;
  return { title: `add \`${command}\``, edits: [replace({ start: end, end }, text)] };
}
