import type { Span } from './syntax.ts';

/** Puts `text` in place of what is at `span`; an empty span inserts. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** An edit that puts a text in place of another. */
export const replace = (span: Span, text: string): Edit => ({ span, text });

/** Whether two edits touch the same characters, or insert at the same place. */
export function clashes(a: Edit, b: Edit): boolean {
  if (a.span.start === b.span.start) return true;
  return a.span.start < b.span.start ? a.span.end > b.span.start : b.span.end > a.span.start;
}

/** The text with all edits made. They may not clash; their order does not matter. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = '';
  let at = 0;
  for (const { span, text: replacement } of edits.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)) {
    out += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return out + text.slice(at);
}
