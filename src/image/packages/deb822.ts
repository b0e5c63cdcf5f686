/** The fields of one paragraph, names in lower case: deb822(5) says they are compared without case. */
export type Paragraph = ReadonlyMap<string, string>;

/**
 * Paragraphs of a deb822 text: control files, Release files, `.sources`. Continuation lines keep their line breaks and
 * lose one leading blank; a line ` .` stands for an empty one. Lines that are no field are passed over.
 */
export function parseParagraphs(text: string): Paragraph[] {
  const paragraphs: Map<string, string>[] = [];
  let current: Map<string, string> | undefined;
  let field = '';
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    if (line.trim() === '') {
      current = undefined;
    } else if (/^[ \t]/.test(line)) {
      if (current && field !== '') current.set(field, `${current.get(field) ?? ''}\n${line.trim() === '.' ? '' : line.slice(1)}`);
    } else {
      const colon = line.indexOf(':');
      if (colon <= 0) continue;
      if (!current) paragraphs.push((current = new Map()));
      field = line.slice(0, colon).trim().toLowerCase();
      current.set(field, line.slice(colon + 1).trim());
    }
  }
  return paragraphs;
}

/** The words of a field: split at blanks, line breaks and commas. */
export const words = (value: string | undefined): string[] => (value ?? '').split(/[\s,]+/).filter((word) => word !== '');
