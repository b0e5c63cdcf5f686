import type { LayerEntry } from '../../../image/index.ts';
import { mergedPath } from './merge-usr.ts';

/** A link that a package's script would have update-alternatives(1) make. */
interface Alternative {
  /** Without a leading `/`, with /usr merged. */
  readonly link: string;
  readonly target: string;
  readonly priority: number;
}

/**
 * The links of `update-alternatives --install` in a maintainer script, with their slaves. The script is read, never run:
 * of its variables only that of a `for` over plain words is known, and what depends on another one is left out.
 */
export function alternativesIn(script: string): Alternative[] {
  return unrolled(script.replaceAll(/\\\n/g, ' ')).flatMap((line) => {
    const [, link, , target, priority, rest] = /\bupdate-alternatives\s+--install\s+(\S+)\s+(\S+)\s+(\S+)\s+(\d+)(.*)$/.exec(line) ?? [];
    if (link === undefined || target === undefined) return [];
    const slaves = [...(rest ?? '').matchAll(/--slave\s+(\S+)\s+\S+\s+(\S+)/g)].map(([, from, to]) => [from ?? '', to ?? ''] as const);
    return [[link, target] as const, ...slaves]
      .filter(([from, to]) => !/[$`"']/.test(from + to))
      .map(([from, to]) => ({ link: inRoot(from), target: inRoot(to), priority: Number(priority) }));
  });
}

const inRoot = (path: string): string => mergedPath(path.replace(/^\/+/, ''));

/** The lines of a script, those of a `for NAME in WORDS` once for each word. */
function unrolled(script: string): string[] {
  const lines: string[] = [];
  let loop: { readonly name: string; readonly words: readonly string[] } | undefined;
  for (const line of script.split('\n')) {
    const [, name, words] = /^\s*for\s+(\w+)\s+in\s+([\w .+-]+);\s*do\b/.exec(line) ?? [];
    if (name !== undefined && words !== undefined) loop = { name, words: words.trim().split(/\s+/) };
    else if (/^\s*done\b/.test(line)) loop = undefined;
    else lines.push(...(loop ? replaced(line, loop.name, loop.words) : [line]));
  }
  return lines;
}

const replaced = (line: string, name: string, words: readonly string[]): string[] =>
  words.map((word) => line.replaceAll(new RegExp(String.raw`\$(?:${name}\b|\{${name}\})`, 'g'), word));

/** The links, each to the target of the highest priority that is there; of equal ones the first. None where a package has the path itself. */
export function alternativeLinks(alternatives: readonly Alternative[], entries: readonly LayerEntry[]): LayerEntry[] {
  const present = new Set(entries.map(({ path }) => path));
  const best = new Map<string, Alternative>();
  for (const one of alternatives) {
    const known = best.get(one.link);
    if (present.has(one.target) && !present.has(one.link) && (!known || one.priority > known.priority)) best.set(one.link, one);
  }
  return [...best.values()].map(({ link, target }) => ({ type: 'symlink', path: link, target: `/${target}`, mode: 0o777, uid: 0, gid: 0 }));
}
