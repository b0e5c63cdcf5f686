import { replace, type Dockerfile, type Edit, type Instruction } from '../../../dockerfile/index.ts';
import type { ReadInstruction } from '../../reading/index.ts';
import type { Fix } from '../../types.ts';
import { chainOf } from './chain.ts';
import { spanIn, type Run } from './hadolint.ts';

/** Longer lines are broken. */
const MAX_COLUMNS = 120;

/** How the file ends its lines. */
export const lineEnd = ({ text }: Dockerfile): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** The commands of a RUN that a shell reads from one line; undefined for lists and here-documents. */
export function plainScript(at: ReadInstruction, run: Run): string | undefined {
  const { isList, said, script } = run.arguments;
  if (isList || at.instruction === undefined || at.instruction.heredocs.length > 0) return undefined;
  const text = said.text.trimEnd();
  return script.commands.length === 0 || text.includes('<<') ? undefined : text;
}

/** Whether `&&` may follow: no comment swallows it, and the last command comes back. */
export const canGoOn = (script: string): boolean =>
  !/(?:^|[\s;])#/.test(script) && !/[;&|]$/.test(script) && !/(?:^|[\s;&|(])(?:exec|exit)(?:\s[^;&|]*)?$/.test(script);

/** Adds a command to the end of a RUN, laid out as the RUN is. */
export function appendCommand(file: Dockerfile, at: ReadInstruction, run: Run, command: string): Fix | undefined {
  const script = plainScript(at, run);
  const end = script === undefined ? undefined : spanIn(run, { start: 0, end: script.length })?.end;
  if (script === undefined || end === undefined || at.instruction === undefined || !canGoOn(script)) return undefined;
  const sign = /^set\s+-\w*e/.test(script) && chainOf(script) === undefined && !script.includes('&&') ? ';' : '&&';
  return { title: `add \`${command}\``, edits: [replace({ start: end, end }, joinedOn(file, at.instruction, sign, command))] };
}

/** ` && command`, on the same line or on a new one: as the instruction's other lines have it. */
function joinedOn(file: Dockerfile, { span }: Instruction, sign: string, command: string): string {
  const source = file.text.slice(span.start, span.end);
  const broken = `${file.escape}${lineEnd(file)}`;
  const before = sign === ';' ? ';' : ` ${sign}`;
  if (!source.includes('\n') && source.length + before.length + command.length < MAX_COLUMNS) return `${before} ${command}`;
  const lines = source.split('\n').slice(1);
  const indents = lines.filter((line) => !/^\s*(?:#|$)/.test(line)).map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  const indent = indents.toSorted((a, b) => a.length - b.length)[0] ?? '    ';
  if (sign === ';') return `; ${broken}${indent}${command}`;
  if (/&&[ \t]*[\\`]\r?\n/.test(source)) return ` && ${broken}${indent}${command}`;
  return ` ${broken}${indent === '' ? '    ' : indent}&& ${command}`;
}

/** Puts whole lines before an instruction and the comments that stand right above it. */
export function insertLines(file: Dockerfile, instruction: Instruction, ...lines: readonly string[]): Edit {
  const { nodes } = file;
  let first = nodes.indexOf(instruction);
  let at = instruction.span.start;
  for (let line = instruction.startLine - 1; ; line -= 1) {
    const above = nodes[(first -= 1)];
    if (above?.kind !== 'comment' || above.line !== line) break;
    at = above.span.start;
  }
  return replace({ start: at, end: at }, lines.map((line) => `${line}${lineEnd(file)}`).join(''));
}
