/** A start command, taken apart. */
export interface Launch {
  /** The programs that run one another, first to last: `/usr/bin/tini`, `python3`. */
  readonly programs: readonly string[];
  /** Present when the last program is a Python. */
  readonly python?: PythonLaunch;
  /** Arguments of the last program that are not Python's own. */
  readonly args: readonly string[];
  /** A shell runs this text: the command is not in exec form. */
  readonly shell?: string;
}

export type PythonLaunch =
  | { readonly kind: 'module'; readonly module: string }
  | { readonly kind: 'script'; readonly file: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'nothing' };

const base = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

export const isPython = (word: string): boolean => /^(python|pypy)(3(\.\d+)?)?$/.test(base(word));
export const isShell = (word: string): boolean => /^(sh|bash|dash|ash|zsh|ksh)$/.test(base(word));

/** Programs that only run another one, and their options that take a word. */
const WRAPPERS: Readonly<Record<string, readonly string[]>> = {
  tini: ['-p', '-e'],
  'tini-static': ['-p', '-e'],
  'dumb-init': ['--rewrite', '-r'],
  catatonit: [],
  env: ['-u', '--unset', '-C', '--chdir'],
  nice: ['-n'],
  exec: [],
  stdbuf: ['-i', '-o', '-e'],
  setpriv: [],
};

/** Takes a start command apart: wrappers, the interpreter, its options (`python --help`). */
export function launchOf(argv: readonly string[]): Launch {
  const programs: string[] = [];
  let rest = [...argv];
  for (;;) {
    const [program, ...after] = rest;
    if (program === undefined) return { programs, args: [] };
    programs.push(program);
    const taking = WRAPPERS[base(program)];
    if (!taking) break;
    rest = pastOptions(after, taking, base(program) === 'env');
    if (rest.length === 0) return { programs, args: after };
  }
  const [program = '', ...args] = rest;
  if (isShell(program)) {
    const flag = args.findIndex((word) => /^-[a-z]*c$/.test(word));
    const text = flag < 0 ? undefined : args[flag + 1];
    if (text !== undefined) return { programs, args, shell: text };
  }
  return isPython(program) ? { programs, ...pythonLaunch(args) } : { programs, args };
}

function pastOptions(words: readonly string[], taking: readonly string[], assignments: boolean): string[] {
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return words.slice(at + 1);
    if (taking.includes(word)) at += 1;
    else if (!word.startsWith('-') && !(assignments && /^[A-Za-z_]\w*=/.test(word))) break;
  }
  return words.slice(at);
}

function pythonLaunch(words: readonly string[]): Pick<Launch, 'python' | 'args'> {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--check-hash-based-pycs') at += 1;
    else if (word.startsWith('--')) continue;
    else if (!word.startsWith('-') || word === '-')
      return { python: word === '-' ? { kind: 'nothing' } : { kind: 'script', file: word }, args: words.slice(at + 1) };
    else {
      // Short options may stand together: `-um module`. `m`, `c`, `W` and `X` take the rest of the word, else the next.
      const [, letter, joined] = /^-[A-Za-z]*?([mcWX])(.*)$/.exec(word) ?? [];
      if (letter === undefined) continue;
      const value = joined === '' ? words[(at += 1)] : joined;
      if (letter === 'm' && value !== undefined) return { python: { kind: 'module', module: value }, args: words.slice(at + 1) };
      if (letter === 'c' && value !== undefined) return { python: { kind: 'code', code: value }, args: words.slice(at + 1) };
    }
  }
  return { python: { kind: 'nothing' }, args: [] };
}
