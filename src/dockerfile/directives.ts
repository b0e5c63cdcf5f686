/** What a line at the top of the file may set. */
export type DirectiveName = 'syntax' | 'escape' | 'check';

export type DirectiveLine =
  | { readonly directive: DirectiveName; readonly value: string }
  | { readonly problem: 'twice'; readonly directive: DirectiveName }
  | undefined;

const names: ReadonlySet<string> = new Set<DirectiveName>(['syntax', 'escape', 'check']);

/** Go's `\s` is ASCII; a directive's own blanks are `\s`, those after `#` any white space. */
const DIRECTIVE = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*([^\n]+?)[\t\n\f\r ]*$/;

/**
 * Reads lines as parser directives until one is none; every line after that is none either
 * (parser/directives.go). `rest` is a comment's text after `#` and white space; undefined for any other line.
 */
export function directiveReader(): (rest: string | undefined) => DirectiveLine {
  const seen = new Set<string>();
  let over = false;
  return (rest) => {
    if (over) return undefined;
    const match = rest === undefined ? null : DIRECTIVE.exec(rest);
    const name = (match?.[1] ?? '').toLowerCase();
    if (match === null || !isName(name)) {
      over = true;
      return undefined;
    }
    if (seen.has(name)) return { problem: 'twice', directive: name };
    seen.add(name);
    return { directive: name, value: match[2] ?? '' };
  };
}

const isName = (name: string): name is DirectiveName => names.has(name);
