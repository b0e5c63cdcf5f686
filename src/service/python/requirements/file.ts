import { splitWords } from '../../../base/index.ts';
import { isBlank, type Span, type TextFile } from '../../text.ts';
import { parseRequirement, type ParsedRequirement } from './requirement.ts';

/** One entry of a requirements file. */
export type Entry =
  | { readonly kind: 'requirement'; readonly requirement: ParsedRequirement; readonly hashes: number }
  | { readonly kind: 'include' | 'constraint'; readonly target: string; readonly span: Span }
  /** A path or URL without a name: `.`, `-e .`, `./libs/a`, `https://…/a.whl`. */
  | { readonly kind: 'location'; readonly target: string; readonly span: Span }
  /** `--index-url …` and the like: the installer's business. */
  | { readonly kind: 'option'; readonly span: Span }
  | { readonly kind: 'unreadable'; readonly span: Span };

/**
 * The entries of a requirements file. Source: pip's manual, "Requirements File Format": a comment begins at the line's
 * start or after a blank, a backslash at a line's end continues it.
 */
export function parseRequirements(file: TextFile): readonly Entry[] {
  return logicalLines(file).flatMap((line) => {
    const words = wordsOf(file.text, line);
    const [first, second] = words;
    return first ? [entryOf(file.text, line, first, second, words)] : [];
  });
}

interface Logical extends Span {
  /** What is not part of the entry: comments, backslashes. */
  readonly holes: readonly Span[];
}

function logicalLines(file: TextFile): readonly Logical[] {
  const out: Logical[] = [];
  let open: { from: number; holes: Span[] } | undefined;
  for (const line of file.lines()) {
    const comment = commentAt(line.text);
    const kept = comment < 0 ? line.text : line.text.slice(0, comment);
    const continues = comment < 0 && kept.endsWith('\\');
    const current = open ?? { from: line.from, holes: [] };
    if (continues) current.holes.push({ from: line.to - 1, to: line.to });
    if (comment >= 0) current.holes.push({ from: line.from + comment, to: line.to });
    open = continues ? current : undefined;
    if (!continues) out.push({ ...current, to: line.to });
  }
  if (open) out.push({ ...open, to: file.text.length });
  return out;
}

function commentAt(line: string): number {
  for (let at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) if (at === 0 || isBlank(line[at - 1])) return at;
  return -1;
}

function wordsOf(text: string, line: Logical): Span[] {
  const words: Span[] = [];
  let from = -1;
  for (let at = line.from; at <= line.to; at += 1) {
    const gap = at === line.to || isBlank(text[at]) || line.holes.some((h) => at >= h.from && at < h.to);
    if (!gap && from < 0) from = at;
    if (gap && from >= 0) {
      words.push({ from, to: at });
      from = -1;
    }
  }
  return words;
}

function entryOf(text: string, line: Logical, first: Span, second: Span | undefined, words: readonly Span[]): Entry {
  const word = text.slice(first.from, first.to);
  const whole = { from: first.from, to: words.at(-1)?.to ?? first.to };
  if (word.startsWith('-')) {
    const quoted = unquoted(blanked(text, line, whole).slice(whole.from, whole.to));
    const [head, next] = quoted ?? [word, second ? text.slice(second.from, second.to) : ''];
    const { option, value } = splitOption(head, next);
    const span = quoted ? whole : { from: first.from, to: option === word && second ? second.to : first.to };
    if (option === '-r' || option === '--requirement') return { kind: 'include', target: value, span };
    if (option === '-c' || option === '--constraint') return { kind: 'constraint', target: value, span };
    if (option === '-e' || option === '--editable') return byEgg(value, span) ?? { kind: 'location', target: value, span };
    return { kind: 'option', span: whole };
  }
  // Options of a requirement follow it: `--hash=…`, `--config-settings=…`.
  const options = words.filter((w) => text.startsWith('--', w.from));
  const end = options[0]?.from ?? whole.to;
  const last = words.filter((w) => w.to <= end).at(-1) ?? first;
  const requirement = parseRequirement(blanked(text, line, { from: first.from, to: last.to }), { from: first.from, to: last.to });
  const hashes = options.filter((w) => text.startsWith('--hash', w.from)).length;
  if (requirement) return { kind: 'requirement', requirement, hashes };
  const isLocation = word.startsWith('.') || word.includes('/') || /\.(whl|tar\.gz|zip)$/.test(word);
  if (isLocation) return byEgg(word, whole) ?? { kind: 'location', target: word, span: whole };
  return { kind: 'unreadable', span: whole };
}

/** pip's manual, “VCS Support”: the older way to name what a repository holds, `git+https://…#egg=name`. */
function byEgg(target: string, span: Span): Entry | undefined {
  const name = /^git\+[^#]+#(?:.*&)?egg=([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)/.exec(target)?.[1];
  return name === undefined
    ? undefined
    : { kind: 'requirement', requirement: { name, nameSpan: span, extras: [], specifier: '', url: target, span }, hashes: 0 };
}

/** The text with a backslash inside an entry as a blank; the same offsets. */
function blanked(text: string, line: Logical, entry: Span): string {
  const inside = line.holes.filter((h) => h.from >= entry.from && h.to <= entry.to);
  return inside.reduce((out, h) => out.slice(0, h.from) + ' '.repeat(h.to - h.from) + out.slice(h.to), text);
}

/** An option and its value where quotes stand around it, which pip takes away as a shell does; a marker may follow. */
function unquoted(entry: string): [string, string] | undefined {
  const [option] = entry.split(/\s;/, 1);
  const words = option === undefined || !/['"]/.test(option) ? undefined : splitWords(option);
  return words && [words[0] ?? '', words[1] ?? ''];
}

/** `-rbase.txt`, `-r base.txt`, `--requirement=base.txt`. */
function splitOption(word: string, next: string): { option: string; value: string } {
  const equals = word.indexOf('=');
  if (word.startsWith('--'))
    return equals < 0 ? { option: word, value: next } : { option: word.slice(0, equals), value: word.slice(equals + 1) };
  return word.length > 2 ? { option: word.slice(0, 2), value: word.slice(2) } : { option: word, value: next };
}
