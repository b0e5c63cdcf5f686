type Dye = (text: string) => string;

/** The colours that reports use; picocolors has this shape, with or without colour. */
export interface Paint {
  readonly bold: Dye;
  readonly dim: Dye;
  readonly red: Dye;
  readonly green: Dye;
  readonly yellow: Dye;
  readonly cyan: Dye;
}

/** Cuts to `width` characters, with an ellipsis. */
export const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`);

/** Breaks words into lines of at most `width` characters; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
