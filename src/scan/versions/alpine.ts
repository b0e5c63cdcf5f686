/** What a version of apk is made of, in the order in which what ends early is older: apk-package(5), "pkgver"; apk-tools, src/version.c. */
const KINDS = ['first', 'number', 'letter', 'suffix', 'suffix number', 'hash', 'revision', 'end'] as const;

interface Token {
  readonly kind: (typeof KINDS)[number];
  readonly text: string;
}

/** Those before the empty one are of what comes before a release. */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];

/** Orders two versions as `apk version -t` does; undefined where one is none. */
export function compareAlpine(a: string, b: string): number | undefined {
  const [left, right] = [tokensOf(a), tokensOf(b)];
  if (!left || !right) return undefined;
  for (let i = 0; ; i += 1) {
    const [one, other] = [left[i] ?? END, right[i] ?? END];
    if (one.kind !== other.kind) return different(one, other);
    if (one.kind === 'end') return 0;
    const order = same(one, other);
    if (order !== 0) return order;
  }
}

const END: Token = { kind: 'end', text: '' };

function tokensOf(version: string): Token[] | undefined {
  const found = /^(\d+)((?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~([0-9a-f]+))?(?:-r(\d+))?$/.exec(version);
  if (!found) return undefined;
  const [, first = '', numbers = '', letter = '', suffixes = '', hash, revision] = found;
  return [
    { kind: 'first', text: first },
    ...[...numbers.matchAll(/\d+/g)].map(([text]): Token => ({ kind: 'number', text })),
    ...(letter === '' ? [] : [{ kind: 'letter', text: letter } as const]),
    ...[...suffixes.matchAll(/_([a-z]+)(\d*)/g)].flatMap(([, text = '', number = '']): Token[] => [
      { kind: 'suffix', text },
      ...(number === '' ? [] : [{ kind: 'suffix number', text: number } as const]),
    ]),
    ...(hash === undefined ? [] : [{ kind: 'hash', text: hash } as const]),
    ...(revision === undefined ? [] : [{ kind: 'revision', text: revision } as const]),
  ];
}

function same(a: Token, b: Token): number {
  if (a.kind === 'suffix') return SUFFIXES.indexOf(a.text) - SUFFIXES.indexOf(b.text);
  if (a.kind === 'letter' || a.kind === 'hash') return texts(a.text, b.text);
  // After a dot a number with a zero in front is a fraction: 1.05 is before 1.1.
  if (a.kind === 'number' && (a.text.startsWith('0') || b.text.startsWith('0'))) return texts(a.text, b.text);
  const [left, right] = [a.text.replace(/^0+/, ''), b.text.replace(/^0+/, '')];
  return left.length - right.length || texts(left, right);
}

function different(a: Token, b: Token): number {
  if (isBefore(a)) return -1;
  if (isBefore(b)) return 1;
  return KINDS.indexOf(b.kind) - KINDS.indexOf(a.kind);
}

const isBefore = ({ kind, text }: Token): boolean => kind === 'suffix' && SUFFIXES.indexOf(text) < SUFFIXES.indexOf('');

const texts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
