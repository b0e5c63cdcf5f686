import type { Span } from '../../dockerfile/index.ts';
import type { Source } from './source.ts';
import type { LabelPair } from './types.ts';

/** What ENV and LABEL are given. */
export function readPairs(source: Source): readonly LabelPair[] {
  const pairs = [pair(source)];
  while (source.skipSpace()) {
    // What follows may be the end; but what is begun has to be a pair.
    if (source.ended || source.char === '\n') break;
    pairs.push(pair(source));
  }
  return pairs;
}

function pair(source: Source): LabelPair {
  const { at } = source;
  const span = (): Span => ({ start: source.place(at), end: source.place(Math.max(at, source.at - 1)) + 1 });
  const name = quotable(source, '=');
  let value: string;
  if (source.skip('=')) value = quotable(source);
  else {
    source.someSpace();
    value = source.restOfLine().text;
  }
  return { name, value, span: span() };
}

/** Quoted and plain pieces that stand together. */
function quotable(source: Source, ends = ''): string {
  let text = '';
  for (;;) {
    if (source.char === '"' || source.char === "'") {
      text += source.quoted(source.char).text;
      continue;
    }
    const { at } = source;
    const plain = source.escapable(' \t', `"'${ends}`).text;
    if (plain === '') return source.at > at ? source.refuse() : text;
    text += plain;
  }
}
