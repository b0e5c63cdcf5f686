import { heredocOnly, type Heredoc, type Instruction, type Span, type Word } from '../../dockerfile/index.ts';
import { basename, readScript, shellOptions, type StartedWith } from './calls.ts';
import type { Call, Script, ShellWord } from './types.ts';

const NOTHING: Script = { text: '', calls: [], assignments: [] };
const POSIX_SHELL = /^(?:sh|bash|dash|ash|ksh|zsh|busybox)$/;

/**
 * The programs that RUN, CMD, ENTRYPOINT or HEALTHCHECK calls. `shell` is what SHELL says where it stands; a script for
 * another kind of shell (cmd, PowerShell, Python in a heredoc) has no calls.
 */
export function scriptOf(instruction: Instruction, shell: readonly string[] = ['/bin/sh', '-c']): Script {
  const { args, heredocs } = instruction;
  const command = args.form === 'health' ? args.command : args;
  if (command.form === 'exec') return wordsScript(command.words, command.span);
  if (command.form !== 'text') return NOTHING;
  const only = heredocOnly(command.word.text) ? heredocs[0] : undefined;
  const options = startedWith(only === undefined ? shell : (shebang(only) ?? shell));
  if (options === undefined) return NOTHING;
  if (only !== undefined) return heredocScript(only, options);
  const { line, sourceOf } = instruction;
  const text = command.word.text;
  const start = line.lastIndexOf(text);
  return readScript(text, (offset) => sourceOf(start + offset), options);
}

const heredocScript = ({ content, contentSpan }: Heredoc, options: StartedWith): Script =>
  readScript(content, (offset) => contentSpan.start + offset, options);

/** The words of `#!/usr/bin/env bash -e`, the program first; undefined without such a line. */
function shebang({ content }: Heredoc): readonly string[] | undefined {
  const words = /^#!\s*(.+)/.exec(content)?.[1]?.trim().split(/\s+/);
  return basename(words?.[0] ?? '') === 'env' ? words?.slice(1) : words;
}

/** How a shell treats failures; undefined for what is no POSIX shell. */
function startedWith(shell: readonly string[]): StartedWith | undefined {
  return POSIX_SHELL.test(basename(shell[0] ?? '')) ? shellOptions(shell) : undefined;
}

/** The words of an exec form are one call; `["sh", "-c", "script"]` holds a script. */
export function wordsScript(list: readonly Word[], span: Span): Script {
  const words: ShellWord[] = list.map(({ text, span: at }) => ({ text, span: at, expands: false, quoted: true }));
  const [first, ...args] = words;
  if (first === undefined) return NOTHING;
  const call: Call = {
    program: basename(first.text),
    word: first,
    args,
    wrappers: [],
    assignments: [],
    redirections: [],
    span,
    fate: 'ends',
    conditional: false,
    pipedInto: undefined,
    inner: false,
  };
  const text = words.map((word) => word.text).join(' ');
  // The first word that is no option names a file to run, and what follows is that file's; `-o` takes a word.
  const operand = args.findIndex(({ text: word }, i) => !/^[-+]/.test(word) && !/^[-+]\w*[oO]$/.test(args[i - 1]?.text ?? ''));
  const flag = args.slice(0, operand === -1 ? undefined : operand).findIndex((word) => /^-[a-z]*c$/.test(word.text));
  const script = args[flag + 1];
  if (!POSIX_SHELL.test(call.program) || flag === -1 || script === undefined) return { text, calls: [call], assignments: [] };
  // A string with escapes in it has no place for each of its characters: then all have that of its begin.
  const isPlain = script.span.end - script.span.start === script.text.length + 2;
  const place = (offset: number): number => script.span.start + 1 + (isPlain ? offset : 0);
  const inner = readScript(script.text, place, shellOptions(words.map((word) => word.text)));
  return { text, calls: [call, ...inner.calls.map((each) => ({ ...each, inner: true }))], assignments: inner.assignments };
}
