import type { Span } from '../../dockerfile/index.ts';

/** Text as hadolint reads it. */
export interface Said {
  readonly text: string;
  /** Where one of its characters stands in the file. */
  readonly placeAt: (index: number) => number;
}

export const NOTHING: Said = { text: '', placeAt: () => 0 };

export function joined(parts: readonly Said[]): Said {
  return {
    text: parts.map((part) => part.text).join(''),
    placeAt(index) {
      let left = index;
      for (const { text, placeAt } of parts) {
        if (left < text.length) return placeAt(left);
        left -= text.length;
      }
      return 0;
    },
  };
}

/** Without white space around. */
export function trimmed({ text, placeAt }: Said): Said {
  const start = text.length - text.trimStart().length;
  return { text: text.trim(), placeAt: (index) => placeAt(start + index) };
}

/** Where a part of the text stands in the file; undefined where nothing is said. */
export function placeOf({ text, placeAt }: Said, start = 0, end: number = text.length): Span | undefined {
  const isSaid = (index: number): boolean => index >= 0 && index < text.length;
  return isSaid(start) && isSaid(end - 1) ? { start: placeAt(start), end: placeAt(end - 1) + 1 } : undefined;
}
