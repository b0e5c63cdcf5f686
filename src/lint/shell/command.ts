import { literalText, spokenText } from './text.ts';
import { commandWords, type Token } from './token.ts';

/** An argument; `${NAME}` stands for what only the shell will know. */
export interface Argument {
  readonly text: string;
  /** Offsets in the script. */
  readonly start: number;
  readonly end: number;
}

/** `-qq` is twice the flag `q`; `--a=b` is the flag `a`. */
export interface CommandFlag {
  readonly name: string;
  readonly argument: Argument;
}

export interface Command {
  /** `apt-get`; for `exec`, `command`, `builtin` and `busybox` what they run. */
  readonly name: string;
  readonly args: readonly Argument[];
  readonly flags: readonly CommandFlag[];
  readonly start: number;
  readonly end: number;
}

/** The command; undefined where only the shell will know its name. */
export function commandOf(token: Token): Command | undefined {
  const [first, ...rest] = commandWords(token);
  const name = first === undefined ? undefined : nameOf(first, rest);
  if (first === undefined || name === undefined) return undefined;
  const args = rest.map((word) => ({ text: spokenText(word), start: word.start, end: word.end }));
  return { name, args, flags: args.flatMap(flagsOf), start: first.start, end: rest.at(-1)?.end ?? first.end };
}

function nameOf(first: Token, rest: readonly Token[]): string | undefined {
  const name = literalText(first);
  const runs = name === undefined ? undefined : runBy(name, rest);
  return runs === undefined ? name : literalText(runs);
}

/** What a command that only runs another one runs. */
function runBy(name: string, args: readonly Token[]): Token | undefined {
  if (name === 'exec') return afterOptions(args);
  const first = args[0];
  return ['busybox', 'builtin', 'command', 'run'].includes(name) && first !== undefined && !isFlag(first) ? first : undefined;
}

const isFlag = (token: Token): boolean => {
  const part = token.parts[0];
  const leading = part?.kind === 'double-quoted' ? part.parts[0] : part;
  return leading?.kind === 'literal' && leading.text.startsWith('-');
};

/** The first word after the options of `exec`: `-c`, `-l`, `-a NAME`. */
function afterOptions(args: readonly Token[]): Token | undefined {
  for (let i = 0; i < args.length; i += 1) {
    const text = literalText(args[i] as Token) ?? '';
    if (text === '--') return args[i + 1];
    if (!text.startsWith('-') || text === '-') return args[i];
    if (!/^-[cl]*a?$/.test(text)) return undefined;
    if (text.endsWith('a')) i += 1;
  }
  return undefined;
}

function flagsOf(argument: Argument): readonly CommandFlag[] {
  const { text } = argument;
  if (text === '-' || text === '--' || !text.startsWith('-')) return [];
  if (text.startsWith('--')) return [{ name: text.slice(2).split('=', 1)[0] ?? '', argument }];
  return Array.from(text.slice(1), (name) => ({ name, argument }));
}

export const hasFlag = ({ flags }: Command, ...names: readonly string[]): boolean => flags.some((flag) => names.includes(flag.name));

export const hasArg = ({ args }: Command, ...texts: readonly string[]): boolean => args.some((arg) => texts.includes(arg.text));

/** Whether it is the command of this name, with one of these arguments. */
export const isCall = (command: Command, name: string, ...texts: readonly string[]): boolean =>
  command.name === name && hasArg(command, ...texts);

/** The arguments that are no flags. */
export const operands = ({ args, flags }: Command): readonly Argument[] =>
  args.filter((arg) => flags.every((flag) => flag.argument !== arg));

/** The command without the values of these flags: the argument after one, unless it holds a `=`. */
export function withoutValuesOf(command: Command, ...names: readonly string[]): Command {
  const values = new Set(
    command.flags.filter((flag) => names.includes(flag.name) && !flag.argument.text.includes('=')).map((flag) => after(command, flag)),
  );
  return { ...command, args: command.args.filter((arg) => !values.has(arg)) };
}

/** The arguments after this flag. */
export const valuesOf = (command: Command, name: string): readonly Argument[] => {
  const values = new Set(command.flags.filter((flag) => flag.name === name).map((flag) => after(command, flag)));
  return command.args.filter((arg) => values.has(arg));
};

const after = ({ args }: Command, flag: CommandFlag): Argument | undefined => args[args.indexOf(flag.argument) + 1];

/** Whether these arguments follow one another somewhere. */
export const hasSequence = ({ args }: Command, ...texts: readonly string[]): boolean =>
  args.some((_, i) => texts.every((text, j) => args[i + j]?.text === text));
