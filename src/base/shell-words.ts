/**
 * Splits a command line into words as a POSIX shell does: quotes and backslashes are taken away, `$NAME` stays as it
 * stands. Undefined when it needs a shell: an operator, a substitution, an unclosed quote.
 * Source: POSIX.1-2017, Shell Command Language, 2.2 "Quoting", 2.3 "Token Recognition".
 */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i] ?? '';
    if (c === ' ' || c === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === '\\') {
      i += 1;
      word = (word ?? '') + (line[i] ?? '');
    } else if (c === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) return undefined;
      word = (word ?? '') + line.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      const quoted = readDoubleQuoted(line, i + 1);
      if (!quoted) return undefined;
      word = (word ?? '') + quoted.text;
      i = quoted.end;
    } else if (c === '#' && word === undefined) break;
    else if ('|&;<>()`'.includes(c) || (c === '$' && line[i + 1] === '(')) return undefined;
    else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function readDoubleQuoted(line: string, from: number): { text: string; end: number } | undefined {
  let text = '';
  for (let i = from; i < line.length; i += 1) {
    const c = line[i] ?? '';
    if (c === '"') return { text, end: i };
    if (c === '`' || (c === '$' && line[i + 1] === '(')) return undefined;
    if (c === '\\' && '$`"\\'.includes(line[i + 1] ?? ' ')) {
      i += 1;
      text += line[i];
    } else text += c;
  }
  return undefined;
}
