/** What a design document holds that asks for something. */
export interface Block {
  readonly kind: 'heading' | 'table row' | 'bullet' | 'code block';
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Every heading, table row (without the head of the table), bullet and code block of a Markdown text, in order. */
export function blocksOf(document: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = document.split(/\r?\n/);
  let isInside = false;
  for (const [i, text] of lines.entries()) {
    const add = (kind: Block['kind']): number => blocks.push({ kind, line: i + 1, text: text.trim() });
    if (/^\s*```/.test(text)) {
      if (!isInside) add('code block');
      isInside = !isInside;
    } else if (isInside) continue;
    else if (/^#{1,6} /.test(text)) add('heading');
    else if (isTableRow(text) && !isRule(text) && !isRule(lines[i + 1] ?? '')) add('table row');
    else if (/^\s*([-*✅]|\d+\.) /.test(text)) add('bullet');
  }
  return blocks;
}

const isTableRow = (line: string): boolean => /^\s*\|.*\|\s*$/.test(line);
const isRule = (line: string): boolean => isTableRow(line) && /^[\s|:-]+$/.test(line);
