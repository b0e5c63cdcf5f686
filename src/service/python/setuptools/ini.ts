import type { TextFile } from '../../text.ts';
import type { Written } from './declared.ts';

/**
 * The values of an INI file by section and key, each as its lines. Python documentation, configparser, “Supported INI
 * File Structure”: a key at the line's start, lines indented deeper go on, `#` and `;` begin a line that is a comment.
 */
export function readIni(file: TextFile): ReadonlyMap<string, ReadonlyMap<string, readonly Written[]>> {
  const sections = new Map<string, Map<string, Written[]>>();
  let section = new Map<string, Written[]>();
  let value: Written[] | undefined;
  const add = (text: string, from: number): void => {
    const shown = text.trim();
    const start = from + text.indexOf(shown);
    if (shown !== '') value?.push({ text: shown, span: { from: start, to: start + shown.length } });
  };
  for (const line of file.lines()) {
    if (/^\s*([#;]|$)/.test(line.text)) continue;
    const head = /^\[([^\]]+)\]/.exec(line.text)?.[1];
    const pair = /^([^\s=:][^=:]*?)\s*[=:]/.exec(line.text);
    if (head !== undefined) {
      section = sections.get(head.trim()) ?? new Map<string, Written[]>();
      sections.set(head.trim(), section);
      value = undefined;
    } else if (pair) {
      value = [];
      section.set((pair[1] ?? '').toLowerCase(), value);
      add(line.text.slice(pair[0].length), line.from + pair[0].length);
    } else add(line.text, line.from);
  }
  return sections;
}
