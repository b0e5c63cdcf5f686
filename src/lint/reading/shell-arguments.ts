import { readScript, type Script } from '../shell/index.ts';
import { joined, NOTHING, trimmed, type Said } from './said.ts';
import type { Source } from './source.ts';
import type { ShellArguments } from './types.ts';

/** What RUN, CMD, ENTRYPOINT, SHELL and HEALTHCHECK CMD are given: a here-document, a JSON list, or text. */
export function shellArguments(source: Source): ShellArguments {
  const heredoc = source.sees('<<') ? source.attempt(readHeredoc) : undefined;
  if (heredoc !== undefined) return withScript(false, heredoc);
  const list = source.char === '[' ? source.attempt(readList) : undefined;
  if (list !== undefined) return withScript(true, list);
  return withScript(false, plainText(source));
}

function plainText(source: Source): Said {
  const { at } = source;
  const rest = source.attempt(() => source.restOfLine());
  // After two escape characters a line can go on for here-documents alone.
  if (rest !== undefined && !rest.text.includes('<<') && !rest.text.includes(source.escape.repeat(2))) return rest;
  source.at = at;
  return source.attempt(untilHeredoc) ?? source.restOfLine();
}

function withScript(isList: boolean, said: Said): ShellArguments {
  let script: Script | undefined;
  return {
    isList,
    said,
    get script() {
      script ??= readScript(said.text);
      return script;
    },
  };
}

function readList(source: Source): Said {
  const strings = jsonStrings(source, () => source.quoted('"'));
  return joined(strings.flatMap((string, i) => (i === 0 ? [string] : [{ text: ' ', placeAt: () => string.placeAt(0) }, string])));
}

/** `["…", "…"]`. */
export function jsonStrings<T>(source: Source, string: () => T): readonly T[] {
  source.symbol('[');
  const strings: T[] = [];
  if (source.char === '"') {
    do {
      strings.push(string());
      source.space();
    } while (source.skip(',') && (source.space(), true));
  }
  source.symbol(']');
  return strings;
}

function readHeredoc(source: Source): Said {
  return heredocContent(source, heredocMarker(source));
}

/** `<<EOF`, with the blank or line end after it, and where its output goes. */
export function heredocMarker(source: Source): string {
  source.expect('<<');
  while (source.char === '-') source.at += 1;
  const marker = source.attempt(() => source.literal('"')) ?? source.attempt(() => source.literal("'")) ?? untilSpace(source);
  if (source.char === '|' || source.char === '>') {
    source.at += 1;
    source.blanks();
    source.restOfLine();
  }
  return marker;
}

function untilSpace(source: Source): string {
  const text = source.match(/\S*/y) ?? '';
  source.take();
  return text;
}

/** The text up to the line that holds the marker alone. */
export function heredocContent(source: Source, marker: string): Said {
  const { text } = source;
  const endsAt = (at: number): boolean => text.startsWith(marker, at) && [undefined, '\n'].includes(text[at + marker.length]);
  if (endsAt(source.at)) {
    source.at += marker.length + 1;
    return NOTHING;
  }
  let end = text.indexOf(`\n${marker}`, source.at);
  while (end !== -1 && !endsAt(end + 1)) end = text.indexOf(`\n${marker}`, end + 1);
  if (end === -1) source.refuse();
  const start = source.at;
  source.at = Math.min(text.length, end + marker.length + 2);
  return trimmed(source.said(text.slice(start, end), start));
}

/** The text before a here-document, which is left out. */
function untilHeredoc(source: Source): Said {
  const parts: Said[] = [];
  for (;;) {
    if (source.sees('<<')) {
      readHeredoc(source);
      return trimmed(joined(parts));
    }
    if (source.char === '\n') source.refuse();
    const text = source.lineBreaks() ?? (source.until(`\n<${source.escape}`) || source.take());
    parts.push(source.said(text, source.at - text.length));
  }
}
