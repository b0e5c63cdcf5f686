/** A word of ENV: plain where it can be, else in double quotes (Dockerfile reference, "ENV"). */
export const quoted = (value: string): string => (/^[\w./:@%+,=-]+$/.test(value) ? value : inQuotes(value));

/** In double quotes, whatever it is: LABEL's values. */
export const inQuotes = (value: string): string => `"${value.replaceAll(/[\\"$]/g, '\\$&').replaceAll('\n', ' ')}"`;

/** A word of a shell's: plain where it can be. */
export const shellWord = (word: string): string => (/^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The exec form (Dockerfile reference, "Shell and exec form"). */
export const execForm = (words: readonly string[]): string => `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;

/** A duration as HEALTHCHECK reads it: `30s`, `1500ms`. */
export const duration = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);

/** One instruction over several lines, indented under the first. */
export const continued = (first: string, ...rest: readonly string[]): string => [first, ...rest.map((line) => `    ${line}`)].join(' \\\n');

/** A RUN whose commands all must succeed, each on its line; `mounts`: values of `--mount`. */
export function run(mounts: readonly string[], ...commands: readonly string[]): string {
  const flags = packed(mounts.map((mount) => `--mount=${mount}`));
  const [first = '', ...rest] = commands.map((command, i) => (i === 0 ? command : `&& ${command}`));
  const [head, ...more] = flags;
  return head === undefined ? continued(`RUN ${first}`, ...rest) : continued(`RUN ${head}`, ...more, first, ...rest);
}

/** Characters in a line of flags. */
const FLAGS_WIDTH = 120;

/** Words in as few lines as hold them. */
function packed(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= FLAGS_WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Lines, and an empty one after them. */
export const block = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** Characters in a line of a comment, `# ` included. */
const WIDTH = 110;

/** Sentences as a comment, broken at blanks. Each text begins a line. */
export const comment = (...texts: readonly string[]): string => texts.map(wrapped).join('\n');

function wrapped(text: string): string {
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
