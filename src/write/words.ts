/** A word of ENV or LABEL: plain where it can be, else in double quotes (Dockerfile reference, "ENV"). */
export const quoted = (value: string): string =>
  /^[\w./:@%+,=-]+$/.test(value) ? value : `"${value.replaceAll(/[\\"$]/g, '\\$&').replaceAll('\n', ' ')}"`;

/** The exec form (Dockerfile reference, "Shell and exec form"). */
export const execForm = (words: readonly string[]): string => `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;

/** A duration as HEALTHCHECK reads it: `30s`, `1500ms`. */
export const duration = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);

/** One instruction over several lines, indented under the first. */
export const continued = (first: string, ...rest: readonly string[]): string => [first, ...rest.map((line) => `    ${line}`)].join(' \\\n');

/** Characters in a line of a comment, `# ` included. */
const WIDTH = 110;

/** Sentences as a comment, broken at blanks. */
export function comment(text: string): string {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(/\s+/)) {
    if (line.length + 1 + word.length > WIDTH && line !== '#') {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}
