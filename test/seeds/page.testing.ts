/** How a requirement of a document is met. */
export const KINDS = ['met', 'met otherwise', 'met with a stand-in', 'open', 'not met'] as const;

/** One row of a page in docs/seeds. */
export interface Row {
  /** Line of the page, from 1. */
  readonly at: number;
  /** Lines of the document, from 1. */
  readonly lines: readonly number[];
  readonly asks: string;
  readonly kind: string;
  /** May be empty where the document's words are enough. */
  readonly how: string;
  /** What `check.testing.ts` reads. */
  readonly checks: readonly string[];
}

/**
 * The rows of a page: `| 12, 14–16 | what it asks | met | how | ``check``, ``check`` |`. A bar inside a cell is written
 * `\|`. Throws Error for a row with another number of cells.
 */
export function rowsOf(page: string): readonly Row[] {
  return page.split('\n').flatMap((text, i) => {
    if (!/^\|\s*\d/.test(text)) return [];
    const cells = text
      .slice(1, text.lastIndexOf('|'))
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|'));
    const [lines, asks, kind, how, checks] = cells;
    if (cells.length !== 5 || !lines || !asks || !kind || how === undefined || checks === undefined)
      throw new Error(`line ${i + 1}: a row has five cells: lines, what it asks, kind, how, checks`);
    return [{ at: i + 1, lines: lines.split(',').flatMap(range), asks, kind, how, checks: codeSpans(checks) }];
  });
}

function range(text: string): number[] {
  const [first = Number.NaN, last = first] = text.split(/[–-]/).map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Code spans, in one backtick or more (CommonMark, "Code spans"). */
const codeSpans = (cell: string): string[] => [...cell.matchAll(/(`+)(.+?)(?<!`)\1(?!`)/g)].map((match) => (match[2] ?? '').trim());
