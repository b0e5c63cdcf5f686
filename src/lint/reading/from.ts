import { joined, type Said } from './said.ts';
import type { Source } from './source.ts';
import type { BaseImage, Image } from './types.ts';

/** What FROM is given. */
export function baseImage(source: Source): BaseImage {
  const platform = source.attempt(() => {
    source.expect('--platform=');
    const word = source.word((char) => char === ' ').text;
    source.someSpace();
    return word;
  });
  if (source.sees('--')) source.refuse();
  const registry = source.attempt(() => readRegistry(source));
  const name = imageWord(source, '@:').text;
  const tag = source.skip(':') ? imageWord(source, '@:').text : undefined;
  const digest = source.attempt(() => {
    source.expect('@');
    return source.word((char) => char === '@').text;
  });
  const alias = source.attempt(() => {
    source.someSpace();
    if (!source.skipWord('AS')) source.refuse();
    source.someSpace();
    return source.word((char) => char === '\n').text;
  });
  return { registry, name, tag, digest, alias, platform };
}

/** A domain with a dot in it, and the `/` after it. */
function readRegistry(source: Source): string {
  const domain = imageWord(source, '.').text;
  source.expect('.');
  const rest = imageWord(source, '/').text;
  source.expect('/');
  return `${domain}.${rest}`;
}

/** A word up to one of these characters; those inside `${…}` do not count. */
function imageWord(source: Source, ends: string): Said {
  const parts: Said[] = [];
  const isEnd = (char: string): boolean => char === '$' || ends.includes(char);
  for (;;) {
    const part = source.char === '$' ? expansion(source) : source.attempt(() => source.word(isEnd));
    if (part === undefined) break;
    parts.push(part);
  }
  return parts.length === 0 ? source.refuse() : joined(parts);
}

/** `$`, or the whole of `${…}` with what is nested in it. */
function expansion(source: Source): Said {
  const parts = [source.take()];
  let depth = 0;
  while (!source.ended && !' \t\n'.includes(source.char)) {
    if (depth === 0 && source.char !== '{') break;
    if (source.char === '{') depth += 1;
    if (source.char === '}') depth -= 1;
    parts.push(source.take());
    if (depth === 0) break;
  }
  return joined(parts);
}

/** An image in a flag: what stands before the first `/` is a registry where it has a dot in it. */
export function imageOf(text: string): Image {
  const [first = '', ...rest] = text.split('/');
  return text.includes('/') && first.includes('.')
    ? { registry: first, name: rest.filter((part, i) => part !== '' || i < rest.length - 1).join('/') }
    : { registry: undefined, name: text };
}
