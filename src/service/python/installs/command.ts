import { normalizedName } from '../../../base/index.ts';

/** What an installing command asks for beside the main dependencies. Names are normalised: PEP 503, PEP 685. */
export interface Install {
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  /** Groups that the tool installs without being asked come along, but for these. Absent: they do not. */
  readonly usualBut?: readonly string[];
  /** `--all-extras`, `--all-groups`. */
  readonly all?: 'extras' | 'groups';
  /** `-r FILE`, relative to where the command runs. */
  readonly files: readonly string[];
  /** `-c FILE`. */
  readonly constraints: readonly string[];
}

/** How a tool writes it; the options take one value, or several divided by commas or blanks. */
interface Dialect {
  readonly starts: RegExp;
  readonly extras: readonly string[];
  readonly groups: readonly string[];
  /** Groups that stand for all that is installed: poetry's `--only`. */
  readonly only?: readonly string[];
  readonly without?: readonly string[];
  /** Words that keep the tool's usual groups out. */
  readonly bare: readonly string[];
  /** The tool installs groups unasked. */
  readonly hasUsual: boolean;
}

const DIALECTS: readonly Dialect[] = [
  // uv's manual, “Syncing the environment”.
  {
    starts: /^uv (sync|export)$/,
    extras: ['--extra'],
    groups: ['--group', '--only-group'],
    without: ['--no-group'],
    bare: ['--no-default-groups'],
    hasUsual: true,
  },
  // poetry's manual, “Managing dependencies”.
  {
    starts: /^poetry (install|sync|export)$/,
    extras: ['--extras', '-E'],
    groups: ['--with'],
    only: ['--only'],
    without: ['--without'],
    bare: ['--only-root'],
    hasUsual: true,
  },
  // PDM's manual, “Install the packages pinned in lock file”.
  { starts: /^pdm (install|sync|export)$/, extras: [], groups: ['--group', '-G', '--with'], bare: [], hasUsual: false },
  // pipenv's manual, “Specifying package categories”.
  { starts: /^pipenv (install|sync|requirements)$/, extras: [], groups: ['--categories'], bare: [], hasUsual: false },
  // pip's manual, “pip install”; uv's manual, “The pip interface”.
  { starts: /^(uv pip|pip3?|pip3?\.\d+) install$/, extras: ['--extra'], groups: ['--group'], bare: [], hasUsual: false },
];

/** Main ones by the names that tools give them. */
const MAIN = new Set(['main', 'default', 'packages']);

/** What the words of a command install; undefined for every other command. */
export function installIn(words: readonly string[]): Install | undefined {
  const [first = '', ...rest] = words[1] === '-m' && /^python3?$/.test(words[0] ?? '') ? words.slice(2) : words;
  const verbs = first === 'uv' && rest[0] === 'pip' ? 2 : 1;
  const head = [first, ...rest.slice(0, verbs)].join(' ');
  const dialect = DIALECTS.find((d) => d.starts.test(head));
  if (!dialect) return undefined;
  const asked = rest.slice(verbs);
  const names = (options: readonly string[] = []): string[] => listed(asked, options).filter((name) => !MAIN.has(name));
  const only = listed(asked, dialect.only);
  const isBare = only.length > 0 || asked.some((word) => dialect.bare.includes(word) || word === '--only-group');
  const all = asked.includes('--all-extras') ? 'extras' : asked.includes('--all-groups') || asked.includes('-G:all') ? 'groups' : undefined;
  return {
    extras: [...names(dialect.extras), ...(dialect.starts.test('pip install') ? ownExtras(asked) : [])],
    groups: [...names(dialect.groups), ...names(dialect.only)],
    ...(dialect.hasUsual && !isBare ? { usualBut: [...names(dialect.without), ...(asked.includes('--no-dev') ? ['dev'] : [])] } : {}),
    ...(all === undefined ? {} : { all }),
    files: values(asked, ['-r', '--requirement', '--requirements']),
    constraints: dialect.starts.test('pip install') ? values(asked, ['-c', '--constraint', '--constraints']) : [],
  };
}

/** `.[web,redis]` as pip takes it: extras of the project itself. */
const ownExtras = (words: readonly string[]): string[] =>
  words
    .flatMap((word) => (/^\.\/?\[([^\]]+)\]$/.exec(word)?.[1] ?? '').split(','))
    .flatMap((name) => (name.trim() === '' ? [] : [normalizedName(name.trim())]));

const listed = (words: readonly string[], options: readonly string[] = []): string[] =>
  values(words, options)
    .flatMap((value) => value.split(/[\s,]+/))
    .filter(Boolean)
    .map(normalizedName);

/** The values of options, as `--option value`, `--option=value`, `-Evalue`. */
function values(words: readonly string[], options: readonly string[]): string[] {
  return words.flatMap((word, i) =>
    options.flatMap((option) => {
      if (word === option) return words[i + 1] === undefined ? [] : [words[i + 1] ?? ''];
      if (word.startsWith(`${option}=`)) return [word.slice(option.length + 1)];
      return option.length === 2 && word.startsWith(option) && !word.startsWith('--') ? [word.slice(2)] : [];
    }),
  );
}
