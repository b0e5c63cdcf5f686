import { Grammar, type Chain, type Compound, type List, type Node, type Pipeline, type Simple } from './grammar.ts';
import { Lexer, type Inner, type WordToken } from './lexer.ts';
import type { Call, Fate, Script, ShellWord } from './types.ts';

/** Scripts in scripts, deeper than this, are not looked into. */
const MAX_NESTING = 12;

/** What only passes a program on, and its options that take a value. */
const WRAPPERS: Readonly<Record<string, string>> = {
  sudo: 'ugpCh',
  env: 'uCS',
  exec: 'a',
  command: '',
  builtin: '',
  nohup: '',
  time: 'fo',
  nice: 'n',
  busybox: '',
  eatmydata: '',
};
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh']);
/** Programs whose failure nobody misses. */
const HARMLESS = new Set(['true', ':', 'echo', 'printf']);

/** What holds where a list stands. */
interface Context {
  readonly fate: Fate;
  readonly conditional: boolean;
  readonly inner: boolean;
}

/** What a script has said of failures up to here. */
interface ShellOptions {
  errexit: boolean;
  pipefail: boolean;
}

/** How the shell was started: `SHELL ["/bin/bash", "-euo", "pipefail", "-c"]`. */
export interface StartedWith {
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/**
 * Reads a script into its calls. `place` tells where in the Dockerfile an offset of the text stands. Bounded in time and
 * depth; what is no shell at all gives calls that no rule knows.
 */
export function readScript(text: string, place: (offset: number) => number, shell: StartedWith): Script {
  const reader = new CallReader(text, place, { ...shell });
  reader.read({ start: 0, end: text.length }, { fate: 'ends', conditional: false, inner: false });
  return { text, calls: reader.calls, assignments: reader.assignments };
}

class CallReader {
  readonly calls: Mutable<Call>[] = [];
  readonly assignments: ShellWord[] = [];
  private nesting = 0;

  constructor(
    private readonly text: string,
    private readonly place: (offset: number) => number,
    private options: ShellOptions,
  ) {}

  read({ start, end }: Inner, context: Context): void {
    if (this.nesting >= MAX_NESTING) return;
    this.nesting += 1;
    this.list(new Grammar(new Lexer(this.text, end, this.place, start)).script(), context);
    this.nesting -= 1;
  }

  private list(chains: List, context: Context): void {
    chains.forEach((chain, i) =>
      this.chain(chain, chain.background ? { ...context, fate: 'lost to &' } : context, i === chains.length - 1),
    );
  }

  private chain({ pipelines, operators }: Chain, context: Context, isLast: boolean): void {
    pipelines.forEach((pipeline, i) => {
      // The next `||` takes a failure, past any `&&` in between.
      const or = operators.indexOf('||', i);
      const other = or === -1 ? undefined : pipelines[or + 1];
      // `set -e` looks at the last command of a chain alone.
      const stays = isLast || context.fate !== 'ends' || (this.options.errexit && i === pipelines.length - 1);
      const own = stays ? context.fate : 'lost to ;';
      const fate = other === undefined ? own : isHarmless(other) ? 'lost to ||' : 'tested';
      this.pipeline(pipeline, { ...context, fate, conditional: context.conditional || operators.slice(0, i).includes('||') });
    });
  }

  private pipeline({ negated, nodes }: Pipeline, context: Context): void {
    const own: Context = negated ? { ...context, fate: 'tested' } : context;
    let before: readonly Mutable<Call>[] = [];
    nodes.forEach((node, i) => {
      const isLast = i === nodes.length - 1;
      const lost: Context = { ...own, fate: own.fate === 'tested' ? 'tested' : 'lost to |' };
      const found = this.node(node, isLast || this.options.pipefail ? own : lost);
      for (const call of before) call.pipedInto = found[0];
      before = found.slice(-1);
    });
  }

  /** The calls of a node, without those inside of others. */
  private node(node: Node, context: Context): readonly Mutable<Call>[] {
    const from = this.calls.length;
    if (node.kind === 'simple') this.simple(node, context);
    else this.compound(node, context);
    return this.calls.slice(from).filter((call) => call.inner === context.inner);
  }

  private compound({ kind, conditions, bodies }: Compound, context: Context): void {
    for (const condition of conditions) this.list(condition, { ...context, fate: 'tested' });
    const isPlain = kind === 'group' || kind === 'subshell';
    const before = { ...this.options };
    for (const body of bodies) this.list(body, { ...this.bodyContext(kind, context), conditional: context.conditional || !isPlain });
    // What a subshell sets ends with it; so it is with what may never run.
    if (kind !== 'group') this.options = before;
  }

  /** Only the last round of a loop counts, and what a function does depends on who calls it. */
  private bodyContext(kind: Compound['kind'], context: Context): Context {
    if (kind === 'function') return { ...context, fate: 'tested' };
    return kind === 'loop' && context.fate === 'ends' && !this.options.errexit ? { ...context, fate: 'lost to ;' } : context;
  }

  private simple({ words, assignments, redirections }: Simple, context: Context): void {
    const [first, ...rest] = words;
    const all = [...assignments, ...words, ...redirections.map(({ target }) => target)];
    if (first === undefined) {
      this.assignments.push(...assignments);
      for (const word of all) this.substitutions(word, context);
      return;
    }
    const { program, args, wrappers, given } = unwrap(first, rest);
    const start = Math.min(first.span.start, assignments[0]?.span.start ?? first.span.start);
    const call: Mutable<Call> = {
      program: program.expands && program.text !== '[' ? '' : basename(program.text),
      word: program,
      args,
      wrappers,
      assignments: [...assignments, ...given],
      redirections,
      span: { start, end: words.at(-1)?.span.end ?? first.span.end },
      fate: context.fate,
      conditional: context.conditional,
      pipedInto: undefined,
      inner: context.inner,
    };
    this.calls.push(call);
    this.options = afterSet(call, this.options);
    const script = SHELLS.has(call.program) ? scriptWord(args) : undefined;
    for (const word of all) {
      if (word === script) this.shellScript(word, args, context);
      else this.substitutions(word, context);
    }
  }

  private substitutions({ substitutions }: WordToken, context: Context): void {
    for (const inner of substitutions) this.read(inner, { ...context, fate: 'tested', inner: true });
  }

  /** `sh -c 'script'`. */
  private shellScript({ inside }: WordToken, args: readonly WordToken[], context: Context): void {
    if (inside === undefined) return;
    const outer = this.options;
    this.options = shellOptions(args.slice(0, scriptFlag(args) + 2).map(({ text }) => text));
    this.read(inside, { ...context, inner: true });
    this.options = outer;
  }
}

const scriptFlag = (args: readonly WordToken[]): number => args.findIndex(({ text }) => /^-[a-z]*c[a-z]*$/.test(text));

/** The word that a shell reads as a script; undefined without `-c`, or where it is no plain text in quotes. */
function scriptWord(args: readonly WordToken[]): WordToken | undefined {
  const flag = scriptFlag(args);
  const word = flag === -1 ? undefined : args.slice(flag + 1).find(({ text }) => !text.startsWith('-') && text !== 'pipefail');
  return word?.inside === undefined ? undefined : word;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What `-e`, `-o pipefail` and their like say. */
export function shellOptions(words: readonly string[], from: ShellOptions = { errexit: false, pipefail: false }): ShellOptions {
  const flags = words.filter((word) => /^-[a-z]+$/i.test(word)).join('');
  const named = (name: string): boolean => words.some((word, i) => word === name && /^-[a-z]*o$/.test(words[i - 1] ?? ''));
  return {
    errexit: from.errexit || flags.includes('e') || named('errexit'),
    pipefail: from.pipefail || named('pipefail'),
  };
}

function afterSet({ program, args }: Pick<Call, 'program' | 'args'>, options: ShellOptions): ShellOptions {
  if (program !== 'set') return options;
  const words = args.map(({ text }) => text);
  if (words.some((word) => /^\+[a-z]*e/.test(word))) return { ...options, errexit: false };
  return shellOptions(words, options);
}

function isHarmless({ nodes }: Pipeline): boolean {
  const [node] = nodes;
  return nodes.length === 1 && node?.kind === 'simple' && HARMLESS.has(node.words[0]?.text ?? '');
}

/** The program itself, behind `sudo -E env A=b`. */
function unwrap(
  first: WordToken,
  rest: readonly WordToken[],
): {
  readonly program: WordToken;
  readonly args: readonly WordToken[];
  readonly wrappers: readonly string[];
  readonly given: readonly WordToken[];
} {
  const wrappers: string[] = [];
  const given: WordToken[] = [];
  let program = first;
  let at = 0;
  for (let valued = WRAPPERS[basename(program.text)]; valued !== undefined; valued = WRAPPERS[basename(program.text)]) {
    const start = at;
    const before = given.length;
    while (at < rest.length && /^-/.test(rest[at]?.text ?? '')) at += takesValue(rest[at]?.text ?? '', valued) ? 2 : 1;
    while (/^[A-Za-z_]\w*=/.test(rest[at]?.source ?? '')) given.push(rest[at++] as WordToken);
    const next = rest[at];
    if (next === undefined) {
      // Nothing is passed on: `env`, `sudo -v`.
      given.length = before;
      return { program, args: rest.slice(start), wrappers, given };
    }
    wrappers.push(basename(program.text));
    program = next;
    at += 1;
  }
  return { program, args: rest.slice(at), wrappers, given };
}

const takesValue = (flag: string, valued: string): boolean => flag.length === 2 && valued.includes(flag.slice(1));

export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
