/** A Debian version taken apart: deb-version(7). */
interface Parts {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

/**
 * Orders two Debian versions as `dpkg --compare-versions` does: negative, zero or positive.
 * Source: deb-version(7), "Sorting algorithm"; dpkg lib/dpkg/version.c.
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = partsOf(a);
  const right = partsOf(b);
  return left.epoch - right.epoch || comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision);
}

function partsOf(version: string): Parts {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon < 0 ? 0 : Number.parseInt(version.slice(0, colon), 10),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** Stretches of non-digits and of digits in turn; digits compare as numbers of any length. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
    while (a[i] === '0') i += 1;
    while (b[j] === '0') j += 1;
    let first = 0;
    while (isDigit(a, i) && isDigit(b, j)) {
      first ||= a.charCodeAt(i) - b.charCodeAt(j);
      i += 1;
      j += 1;
    }
    if (isDigit(a, i)) return 1; // the longer number
    if (isDigit(b, j)) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

/** `~` before the end, the end before letters, letters before everything else. A digit counts as the end. */
function weight(text: string, at: number): number {
  if (at >= text.length || isDigit(text, at)) return 0;
  const code = text.charCodeAt(at);
  if (code === 0x7e) return -1;
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a ? code : code + 256;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at); // NaN past the end: false
  return code >= 0x30 && code <= 0x39;
}

export type VersionOperator = '<<' | '<=' | '=' | '>=' | '>>';

/** Whether `version` stands in this relation to `wanted`: deb-control(5), "Depends". */
export function satisfies(version: string, operator: VersionOperator, wanted: string): boolean {
  const order = compareVersions(version, wanted);
  switch (operator) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>>':
      return order > 0;
  }
}
