import type { Call, ShellWord } from './types.ts';

/** Whether a call has one of these flags: a letter, alone or among others (`-qy`), or a word (`--yes`, `--yes=…`). */
export function hasFlag({ args }: Pick<Call, 'args'>, ...names: readonly string[]): boolean {
  return args.some(
    ({ text }) => text.startsWith('-') && names.some((name) => (name.length === 1 ? lettersOf(text).includes(name) : isLong(text, name))),
  );
}

/** The letters right after the dash. */
const lettersOf = (text: string): string => /^-([A-Za-z]+)/.exec(text)?.[1] ?? '';

const isLong = (text: string, name: string): boolean =>
  text.startsWith(`--${name}`) && (text.length === name.length + 2 || text[name.length + 2] === '=');

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
const endsWithLetter = (text: string, letter: string): boolean => text.endsWith(letter) && text.length > 2 && /^-[A-Za-z]+$/.test(text);

/**
 * What is no flag and no value of a flag. `valued`: flags that take a value as a word of its own, as `o` and `output`.
 */
export function operands({ args }: Pick<Call, 'args'>, ...valued: readonly string[]): readonly ShellWord[] {
  // Go's programs write long names with one dash.
  const found: ShellWord[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] as ShellWord;
    const { text } = word;
    if (!text.startsWith('-') || text === '-') found.push(word);
    else if (text === '--') return [...found, ...args.slice(i + 1)];
    else if (valued.includes(text.slice(1)) || (text.startsWith('--') && text.length > 3 && valued.includes(text.slice(2)))) i += 1;
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
