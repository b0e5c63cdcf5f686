import type { Call, ShellWord } from './types.ts';

/** Whether a call has one of these flags: a letter, alone or among others (`-qy`), or a word (`--yes`, `--yes=…`). */
export function hasFlag({ args }: Pick<Call, 'args'>, ...names: readonly string[]): boolean {
  return args.some(({ text }) =>
    names.some((name) =>
      name.length === 1 ? new RegExp(`^-[A-Za-z]*${name}`).test(text) : text === `--${name}` || text.startsWith(`--${name}=`),
    ),
  );
}

/** The value of a flag: `-o FILE`, `-oFILE`, `--output FILE`, `--output=FILE`. Undefined without it. */
export function flagValue({ args }: Pick<Call, 'args'>, ...names: readonly string[]): ShellWord | undefined {
  for (const [i, word] of args.entries()) {
    for (const name of names) {
      const flag = name.length === 1 ? `-${name}` : `--${name}`;
      if (word.text === flag || (name.length === 1 && endsWithLetter(word.text, name))) return args[i + 1];
      const rest = name.length === 1 ? flag : `${flag}=`;
      if (word.text.startsWith(rest)) return { ...word, text: word.text.slice(rest.length) };
    }
  }
  return undefined;
}

/** The letter ends others: `-fsSLo FILE` (POSIX, "Utility Syntax Guidelines", 5). */
const endsWithLetter = (text: string, letter: string): boolean => new RegExp(`^-[A-Za-z]+${letter}$`).test(text);

/**
 * What is no flag and no value of a flag. `valued`: flags that take a value as a word of its own, as `o` and `output`.
 */
export function operands({ args }: Pick<Call, 'args'>, ...valued: readonly string[]): readonly ShellWord[] {
  // Go's programs write long names with one dash.
  const flags = new Set(valued.flatMap((name) => (name.length === 1 ? [`-${name}`] : [`--${name}`, `-${name}`])));
  const found: ShellWord[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] as ShellWord;
    if (word.text === '--') return [...found, ...args.slice(i + 1)];
    if (flags.has(word.text)) i += 1;
    else if (!word.text.startsWith('-') || word.text === '-') found.push(word);
  }
  return found;
}

/** Whether a call is `program subcommand`, as `isCall(call, 'apt-get', 'install')`; several words go one after another: `npm`, `run build`. */
export function isCall(call: Call, program: string, subcommand?: string): boolean {
  if (call.program !== program) return false;
  if (subcommand === undefined) return true;
  const words = operands(call).slice(0, subcommand.split(' ').length);
  return words.map(({ text }) => text).join(' ') === subcommand;
}
