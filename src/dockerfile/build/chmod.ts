/** Whether `--chmod` takes the text: octal up to 07777, or symbolic as chmod(1) has it (tonistiigi/dchapes-mode). */
export function isMode(text: string): boolean {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8) <= 0o7777;
  return SYMBOLIC.test(text);
}

/** `who` may be left out, and one `who` may have several operators. A comma may end nothing. */
const SYMBOLIC = /^(?:[augo]*(?:[+=-][rwxXstugo]*)+)(?:,[augo]*(?:[+=-][rwxXstugo]*)+)*$/;
