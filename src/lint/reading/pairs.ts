import { joined, type Said } from './said.ts';
import type { Span } from '../../dockerfile/index.ts';
import type { Source } from './source.ts';
import type { LabelPair } from './types.ts';

/** What ENV and LABEL are given. */
export function readPairs(source: Source): readonly LabelPair[] {
  const pairs = [pair(source)];
  while (source.attempt(() => (source.someSpace(), true)) === true) {
    // What follows may be the end; but what is begun has to be a pair.
    if (source.ended || source.char === '\n') break;
    pairs.push(pair(source));
  }
  return pairs;
}

function pair(source: Source): LabelPair {
  const { at } = source;
  const span = (): Span => ({ start: source.place(at), end: source.place(Math.max(at, source.at - 1)) + 1 });
  const name = value(source, (char) => char !== '=');
  if (source.skip('=')) {
    const said = value(source, (char) => char !== ' ' && char !== '\t');
    return { name: name.text, value: said.text, span: span() };
  }
  source.someSpace();
  const said = source.restOfLine();
  return { name: name.text, value: said.text, span: span() };
}

/** Quoted and plain pieces that stand together. */
function value(source: Source, accepts: (char: string) => boolean): Said {
  const parts: Said[] = [];
  for (;;) {
    if (source.char === '"' || source.char === "'") {
      parts.push(source.quoted(source.char));
      continue;
    }
    const { at } = source;
    const plain = source.escapable(' \t', (char) => accepts(char) && char !== '"' && char !== "'");
    if (plain.text === '') {
      if (source.at > at) source.refuse();
      return joined(parts);
    }
    parts.push(plain);
  }
}
