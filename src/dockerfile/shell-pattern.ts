/** A pattern that BuildKit cannot read; `message` says why. */
export class PatternError extends Error {}

/**
 * `*` and `?` of a shell pattern (POSIX XCU 2.13, without bracket expressions) as a regular expression.
 * `longest` chooses what `*` takes; `anchored` holds it to the start. Throws PatternError at an escape of anything
 * but `*`, `?` and `\`.
 */
function shellPattern(pattern: string, { longest, anchored }: { longest: boolean; anchored: boolean }): RegExp {
  const chars = Array.from(pattern.replace(/^\uFEFF/, ''));
  let out = anchored ? '^' : '';
  for (let i = 0; i < chars.length; i += 1) {
    const char = chars[i] ?? '';
    if (char === '*') out += longest ? '[^\\n]*' : '[^\\n]*?';
    else if (char === '?') out += '[^\\n]';
    else if (char === '\\') {
      const next = chars[i + 1];
      // `}` and `/` are escaped for `${…}`, not for the pattern.
      if (next === '}' || next === '/') continue;
      if (next !== '*' && next !== '?' && next !== '\\') throw new PatternError(`\`\\${next ?? ''}\` is no escape of a pattern`);
      out += `\\${next}`;
      i += 1;
    } else out += /[[\]{}.+()|^$/]/.test(char) ? `\\${char}` : char;
  }
  return new RegExp(out, 'u');
}

/** `${name#pattern}` and, with `longest`, `${name##pattern}`. */
export function withoutPrefix(value: string, pattern: string, longest: boolean): string {
  return value.slice(shellPattern(pattern, { longest, anchored: true }).exec(value)?.[0].length ?? 0);
}

/** `${name%pattern}` and, with `longest`, `${name%%pattern}`: the prefix of the text read backwards. */
export function withoutSuffix(value: string, pattern: string, longest: boolean): string {
  return backwards(withoutPrefix(backwards(value), backwardsPattern(pattern), longest));
}

/** `${name/pattern/replacement}`, and with `all` `${name//pattern/replacement}`. */
export function replacePattern(value: string, pattern: string, replacement: string, all: boolean): string {
  const expression = shellPattern(pattern, { longest: true, anchored: false });
  if (!all) {
    const found = expression.exec(value);
    return found === null ? value : value.slice(0, found.index) + replacement + value.slice(found.index + found[0].length);
  }
  return replaceAll(value, new RegExp(expression.source, 'gu'), replacement);
}

/** Go's regexp.ReplaceAllString: `$name` in the replacement is expanded, and no empty match follows a match. */
function replaceAll(value: string, expression: RegExp, replacement: string): string {
  let out = '';
  let end = 0;
  let previousEnd = -1;
  for (const found of value.matchAll(expression)) {
    if (found[0] === '' && found.index === previousEnd) continue;
    out += value.slice(end, found.index) + expandTemplate(replacement, found[0]);
    previousEnd = end = found.index + found[0].length;
  }
  return out + value.slice(end);
}

/** Go's Regexp.Expand for a pattern without groups: `$0` is the match, any other name nothing, `$$` a dollar. */
function expandTemplate(template: string, match: string): string {
  return template.replaceAll(/\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu, (whole, bare?: string, braced?: string) => {
    if (whole === '$$') return '$';
    return /^0+$/.test(bare ?? braced ?? '') ? match : '';
  });
}

const backwards = (text: string): string => Array.from(text).toReversed().join('');

/** The pattern read backwards, with each escape still before what it escapes. */
function backwardsPattern(pattern: string): string {
  return (pattern.match(/\\[^]|[^]/gu) ?? []).toReversed().join('');
}
