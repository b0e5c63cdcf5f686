import {
  declaration,
  evaluate,
  heredocOnly,
  stageName,
  wordsOf,
  type Dockerfile,
  type Heredoc,
  type Instruction,
} from '../../dockerfile/index.ts';
import { familyOf, readStages, type Family } from '../stages/index.ts';

/** The dialects that ShellCheck knows. */
export type Dialect = 'sh' | 'bash' | 'dash' | 'ksh';

/** A script of a Dockerfile, with the way back to its place. */
export interface ShellScript {
  readonly instruction: Instruction;
  readonly dialect: Dialect;
  /** The system it runs on, where the base tells. */
  readonly family: Family | undefined;
  /** What ShellCheck reads: a line that names the dialect, one that sets the variables, and the script. */
  readonly text: string;
  /** Offset in the Dockerfile of a line and a column of `text`, from 1, columns in code points. */
  readonly offsetOf: (line: number, column: number) => number;
}

/** One line of a script and the offset in the Dockerfile at which it begins. */
interface Line {
  readonly text: string;
  readonly start: number;
}

/** What is known where an instruction stands. */
interface Scope {
  readonly shell: Dialect | undefined;
  readonly variables: readonly string[];
}

/** ARGs that every build has (Dockerfile reference, "Predefined ARGs"). */
const PROXIES = [
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'FTP_PROXY',
  'ftp_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
];
/** Lines before the script: what is said of these is not about the Dockerfile. */
export const HEADER_LINES = 2;

/** The shell scripts of RUN, HEALTHCHECK and heredocs, each for the shell that will read it. */
export function shellScripts(file: Dockerfile): readonly ShellScript[] {
  const scripts: ShellScript[] = [];
  const stages = new Map<string, Scope>();
  let name: string | undefined;
  // A backtick for an escape is how Windows files are written, and cmd is no shell of ours.
  const first: Scope = { shell: file.escape === '`' ? undefined : 'sh', variables: PROXIES };
  let scope = first;
  const families = familiesOf(file);
  for (const instruction of file.instructions) {
    if (instruction.name === 'FROM') {
      scope = stages.get((wordsOf(instruction.args)[0] ?? '').toLowerCase()) ?? first;
      name = stageName(instruction);
    } else scope = after(instruction, withPragma(instruction, scope));
    if (name !== undefined) stages.set(name, scope);
    const script = scriptOf(file, instruction, scope, families.get(instruction));
    if (script !== undefined) scripts.push(script);
  }
  return scripts;
}

function familiesOf(file: Dockerfile): ReadonlyMap<Instruction, Family | undefined> {
  const stages = readStages(file, evaluate(file, { argumentsGiven: true, fragment: true }));
  return new Map(stages.flatMap(({ base, steps }) => steps.map(({ instruction }) => [instruction, familyOf(base)] as const)));
}

/** `# hadolint shell=…` says what SHELL does not: which shell the base image has. It holds up to the next FROM. */
const SHELL_PRAGMA = /^hadolint\s+shell\s*=\s*(\S+)/;

function withPragma({ comments }: Instruction, scope: Scope): Scope {
  const named = comments.map((comment) => SHELL_PRAGMA.exec(comment)?.[1]).find((shell) => shell !== undefined);
  return named === undefined ? scope : { ...scope, shell: dialectOf(named) };
}

function after({ name, args }: Instruction, scope: Scope): Scope {
  if (name === 'SHELL' && args.form === 'exec') return { ...scope, shell: dialectOf(args.words[0]?.text ?? '') };
  const names =
    name === 'ENV' && args.form === 'pairs'
      ? args.pairs.map((pair) => pair.name)
      : name === 'ARG'
        ? wordsOf(args).map((word) => declaration(word).name)
        : [];
  const valid = names.filter((variable) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(variable));
  return valid.length === 0 ? scope : { ...scope, variables: [...scope.variables, ...valid] };
}

/** The dialect of a shell by its path; undefined for what is no POSIX shell. */
function dialectOf(path: string): Dialect | undefined {
  const program = path.split('/').at(-1) ?? '';
  if (program === 'ash' || program === 'busybox') return 'dash';
  return program === 'sh' || program === 'bash' || program === 'dash' || program === 'ksh' ? program : undefined;
}

function scriptOf(file: Dockerfile, instruction: Instruction, scope: Scope, family: Family | undefined): ShellScript | undefined {
  const { name, args, heredocs } = instruction;
  const command = name === 'RUN' ? args : name === 'HEALTHCHECK' && args.form === 'health' ? args.command : undefined;
  if (command?.form !== 'text') return undefined;
  const only = name === 'RUN' && heredocOnly(command.word.text) ? heredocs[0] : undefined;
  const lines = only === undefined ? commandLines(file, instruction, command.word.span.start) : heredocLines(only);
  const shebang = only === undefined ? undefined : /^#!\s*(\S+)(?:\s+(\S+))?/.exec(lines[0]?.text ?? '');
  const dialect = shebang ? dialectOf(shebang[1]?.endsWith('/env') === true ? (shebang[2] ?? '') : (shebang[1] ?? '')) : scope.shell;
  if (dialect === undefined || lines.length === 0) return undefined;
  const set = [...new Set(scope.variables)].map((variable) => `${variable}=1`).join(' ');
  return {
    instruction,
    dialect,
    family,
    text: [`#!/bin/${dialect}`, `export ${set}`, ...lines.map((line) => line.text), ''].join('\n'),
    offsetOf: (line, column) => {
      const found = lines[Math.min(Math.max(0, line - HEADER_LINES - 1), lines.length - 1)];
      if (found === undefined) return instruction.span.start;
      return (
        found.start +
        Array.from(found.text)
          .slice(0, Math.max(0, column - 1))
          .join('').length
      );
    },
  };
}

/** Lines of a heredoc; `<<-` takes the leading tabs away. */
function heredocLines({ content, contentSpan, chomp }: Heredoc): Line[] {
  let start = contentSpan.start;
  return content.split('\n').map((whole) => {
    const tabs = chomp ? (/^\t*/.exec(whole)?.[0].length ?? 0) : 0;
    const line = { text: whole.slice(tabs).replace(/\r$/, ''), start: start + tabs };
    start += whole.length + 1;
    return line;
  });
}

/**
 * Lines of a command with its continuations, and with the heredocs that belong to it. A comment or an empty line in
 * between, which BuildKit takes out, becomes a continuation with nothing on it.
 */
function commandLines(file: Dockerfile, { continuedTo, startLine, endLine, span }: Instruction, from: number): Line[] {
  const lines: Line[] = [];
  const first = file.rangeOf({ start: from, end: from }).start.line;
  let start = file.text.lastIndexOf('\n', span.start - 1) + 1;
  for (let number = startLine; number <= endLine && start <= file.text.length; number += 1) {
    const found = file.text.indexOf('\n', start);
    const end = found === -1 ? file.text.length : found;
    if (number >= first) {
      const at = number === first ? from : start;
      const text = file.text.slice(at, end).replace(/\r+$/, '');
      lines.push({ text: number <= continuedTo ? continued(text, file.escape, number > first) : text, start: at });
    }
    start = end + 1;
  }
  return lines;
}

function continued(text: string, escape: string, mayBeLeftOut: boolean): string {
  if (mayBeLeftOut && /^\s*(?:#|$)/.test(text)) return '\\';
  const end = text.replace(/[ \t]+$/, '');
  return end.endsWith(escape) ? `${end.slice(0, -1)}\\` : text;
}
