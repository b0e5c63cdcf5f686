/** Quoted text, whose operators are none. */
const QUOTED = /'[^']*'|"(?:\\.|[^"\\])*"|\\./gs;
/** `2>&1`, `&>file`: no background. */
const REDIRECTIONS = /\d*[<>]&[\d-]*|&>/g;

/**
 * The program that a shell's text hands its process over to with `exec`, as its last command: `migrate && exec serve`.
 * Undefined where the shell stays: there is no `exec`, or it stands in a pipeline or in the background, which are
 * processes of their own. Empty where the word is the shell's to make out. Source: POSIX, Shell Command Language, 2.9.
 */
export function handedTo(text: string): string | undefined {
  const plain = text.replaceAll(QUOTED, '\0').replaceAll(REDIRECTIONS, ' ');
  const last = plain
    .split(/&&|\|\||;|\n/)
    .map((it) => it.trim())
    .findLast((it) => it !== '');
  const [, word] = /^exec\s+(\S+)[^|&]*$/.exec(last ?? '') ?? [];
  if (word === undefined) return undefined;
  return /^[\w./+-]+$/.test(word) && !word.startsWith('-') ? word : '';
}
