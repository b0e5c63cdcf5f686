/** Orders two `epoch:version-release` as rpm does. Source: rpm, rpmio/rpmvercmp.c; rpm-version(7). */
export function compareRpm(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return left.epoch - right.epoch || compareParts(left.version, right.version) || compareParts(left.release, right.release);
}

function partsOf(text: string): { epoch: number; version: string; release: string } {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(text) ?? [];
  const dash = rest.lastIndexOf('-');
  return {
    epoch: Number(epoch),
    version: dash < 0 ? rest : rest.slice(0, dash),
    release: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** rpmvercmp: stretches of digits and of letters in turn; `~` sorts before the end, `^` after it and before all else. */
function compareParts(a: string, b: string): number {
  let [left, right] = [a, b];
  while (left !== '' || right !== '') {
    left = left.replace(/^[^A-Za-z0-9~^]+/, '');
    right = right.replace(/^[^A-Za-z0-9~^]+/, '');
    const mark = marked(left, right);
    if (mark === 'both') [left, right] = [left.slice(1), right.slice(1)];
    else if (mark !== undefined) return mark;
    else if (left === '' || right === '') break;
    else {
      const pattern = /^\d/.test(left) ? /^\d+/ : /^[A-Za-z]+/;
      const one = pattern.exec(left)?.[0] ?? '';
      const other = pattern.exec(right)?.[0];
      if (other === undefined) return /^\d/.test(one) ? 1 : -1; // digits are newer than letters
      const order = /^\d/.test(one) ? numbers(one, other) : texts(one, other);
      if (order !== 0) return order;
      [left, right] = [left.slice(one.length), right.slice(other.length)];
    }
  }
  return Number(left !== '') - Number(right !== '');
}

function marked(left: string, right: string): number | 'both' | undefined {
  if (left.startsWith('~') || right.startsWith('~')) {
    if (!left.startsWith('~')) return 1;
    return right.startsWith('~') ? 'both' : -1;
  }
  if (!left.startsWith('^') && !right.startsWith('^')) return undefined;
  if (left === '') return -1;
  if (right === '') return 1;
  if (!left.startsWith('^')) return 1;
  return right.startsWith('^') ? 'both' : -1;
}

function numbers(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || texts(left, right);
}

const texts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
