import { normalizedName } from '../../../../base/index.ts';
import type { DependencySets } from '../../../../plan/index.ts';

/**
 * A marker with what it says of extras and groups answered for the chosen ones. Undefined: it cannot hold, so the package
 * is not wanted; empty: it always holds. Poetry writes `extra == "web"`; PEP 751 `"web" in extras` and
 * `"prod" in dependency_groups`.
 */
export function markerFor(marker: string, sets: DependencySets): string | undefined {
  const said = simplified(marker, sets);
  return said === false ? undefined : said === true ? '' : said;
}

type Said = string | boolean;

const ATOM = /^\s*(?:(['"])([^'"]*)\1\s*(not\s+in|in)\s*(extras|dependency_groups)|extra\s*(==|!=)\s*(['"])([^'"]*)\6)\s*$/;

function simplified(marker: string, sets: DependencySets): Said {
  const ways = split(marker, 'or');
  if (ways.length > 1) return any(ways.map((part) => simplified(part, sets)));
  const parts = split(marker, 'and');
  if (parts.length > 1) return all(parts.map((part) => simplified(part, sets)));
  const inner = /^\s*\(([^]*)\)\s*$/.exec(marker)?.[1];
  if (inner !== undefined) {
    const said = simplified(inner, sets);
    return typeof said === 'string' && split(said, 'or').length > 1 ? `(${said})` : said;
  }
  const atom = ATOM.exec(marker);
  if (!atom) return marker.trim();
  const [, , member = '', relation, kind, comparison, , extra = ''] = atom;
  if (relation === undefined) return sets.extras.includes(normalizedName(extra)) === (comparison === '==');
  const among = kind === 'extras' ? sets.extras : sets.groups;
  return among.includes(normalizedName(member)) === (relation === 'in');
}

const any = (parts: readonly Said[]): Said => (parts.includes(true) ? true : joined(parts, ' or ') || false);
const all = (parts: readonly Said[]): Said =>
  parts.includes(false)
    ? false
    : joined(
        parts.map((p) => (typeof p === 'string' && split(p, 'or').length > 1 && !p.startsWith('(') ? `(${p})` : p)),
        ' and ',
      ) || true;
const joined = (parts: readonly Said[], by: string): string => [...new Set(parts.filter((part) => typeof part === 'string'))].join(by);

/** The parts of a marker between `or` or `and` outside of quotes and parentheses (PEP 508, "Grammar": `and` binds closer). */
function split(marker: string, word: 'or' | 'and'): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const token of marker.matchAll(/'[^']*'|"[^"]*"|\(|\)|\b(?:or|and)\b/g)) {
    if (token[0] === '(') depth += 1;
    else if (token[0] === ')') depth -= 1;
    else if (token[0] === word && depth === 0) {
      parts.push(marker.slice(from, token.index));
      from = token.index + word.length;
    }
  }
  return [...parts, marker.slice(from)];
}
