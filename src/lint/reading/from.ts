import type { Source } from './source.ts';
import type { BaseImage, Image } from './types.ts';

/** What FROM is given. */
export function baseImage(source: Source): BaseImage {
  const platform = source.sees('--platform=') ? source.attempt(readPlatform) : undefined;
  if (source.sees('--')) source.refuse();
  const registry = source.attempt(readRegistry);
  const name = imageWord(source, '@:');
  const tag = source.skip(':') ? imageWord(source, '@:') : undefined;
  const digest = source.char === '@' ? source.attempt(readDigest) : undefined;
  const alias = source.ended || source.char === '\n' ? undefined : source.attempt(readAlias);
  return { registry, name, tag, digest, alias, platform };
}

function readPlatform(source: Source): string {
  source.expect('--platform=');
  const word = source.word();
  source.someSpace();
  return word;
}

function readDigest(source: Source): string {
  source.expect('@');
  return source.word('@');
}

function readAlias(source: Source): string {
  source.someSpace();
  if (!source.skipWord('AS')) source.refuse();
  source.someSpace();
  return source.word();
}

/** A domain with a dot in it, and the `/` after it. */
function readRegistry(source: Source): string {
  const domain = imageWord(source, '.');
  source.expect('.');
  const rest = imageWord(source, '/');
  source.expect('/');
  return `${domain}.${rest}`;
}

/** A word up to one of these characters; those inside `${…}` do not count. */
function imageWord(source: Source, ends: string): string {
  const { at } = source;
  let text = '';
  for (;;) {
    const part = source.char === '$' ? expansion(source) : source.wordOrNothing(`$${ends}`);
    if (part === undefined) return source.at === at ? source.refuse() : text;
    text += part;
  }
}

/** `$`, or the whole of `${…}` with what is nested in it. */
function expansion(source: Source): string {
  let text = source.take();
  let depth = 0;
  while (!source.ended && !' \t\n'.includes(source.char)) {
    if (depth === 0 && source.char !== '{') break;
    if (source.char === '{') depth += 1;
    if (source.char === '}') depth -= 1;
    text += source.take();
    if (depth === 0) break;
  }
  return text;
}

/** An image in a flag: what stands before the first `/` is a registry where it has a dot in it. */
export function imageOf(text: string): Image {
  const [first = '', ...rest] = text.split('/');
  return text.includes('/') && first.includes('.')
    ? { registry: first, name: rest.filter((part, i) => part !== '' || i < rest.length - 1).join('/') }
    : { registry: undefined, name: text };
}
