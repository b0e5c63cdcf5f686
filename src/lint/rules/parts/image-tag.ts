import { replace, type Dockerfile, type Instruction } from '../../../dockerfile/index.ts';
import type { Fix } from '../../types.ts';
import { fromWords } from './from.ts';
import { seriesOfLatest } from './official-images.ts';

/** Names the series of releases that `latest` stands for, where the image is known and plainly written. */
export function nameSeries({ text }: Dockerfile, from: Instruction | undefined): Fix | undefined {
  const word = from && fromWords(from)[0];
  const written = word && /^("?)([^"$:@]+)(?::latest)?\1$/.exec(text.slice(word.span.start, word.span.end));
  const [, quote = '', name = ''] = written ?? [];
  const series = seriesOfLatest(name);
  if (word === undefined || series === undefined) return undefined;
  return { title: `keep to \`${name}:${series}\``, edits: [replace(word.span, `${quote}${name}:${series}${quote}`)] };
}
