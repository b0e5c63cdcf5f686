import { hasFlag, type Call } from '../../script/index.ts';
import { allSteps, setsVariable, type Stage, type StageStep } from '../../stages/index.ts';
import { OF_PIP } from './pip.ts';
import type { Place } from './runs.ts';
import { isMounted } from './runs.ts';
import { installsPackages, is, toolCall, type ToolCall } from './tools.ts';

/** What an installer leaves behind that the image never needs. */
export interface Cache {
  /** `package lists`. */
  readonly what: string;
  /** Where it lies. `~` is the home of whoever runs it. */
  readonly paths: readonly string[];
  /** Whether a call fills it, among the others of its script. */
  readonly fills: (tool: ToolCall, all: readonly ToolCall[]) => boolean;
  /** Calls that empty it, beside `rm`. */
  readonly empties: (tool: ToolCall) => boolean;
  /** A variable that says that nothing is kept. */
  readonly variable?: string;
  /** What to do: a command at the end of the same RUN, a flag after the subcommand, or nothing, for it is not needed. */
  readonly remedy: { readonly command: string } | { readonly flag: string } | 'leave out';
}

const flagged = ({ call }: ToolCall, ...names: readonly string[]): boolean => hasFlag(call, ...names);

/** One row for each installer. */
const CACHES: readonly Cache[] = [
  {
    // Docker's Debian and Ubuntu images delete fetched packages by themselves, but not the lists (best practices, "apt-get").
    what: 'package lists',
    paths: ['/var/lib/apt/lists'],
    fills: (tool, all) => is(tool, 'apt-get', 'update') && all.some((other) => other.tool === 'apt-get' && installsPackages(other)),
    // apt-get(8): the lists too, since APT 2.9.
    empties: (tool) => is(tool, 'apt-get', 'dist-clean', 'distclean'),
    remedy: { command: 'rm -rf /var/lib/apt/lists/*' },
  },
  {
    // apk-add(8): without --no-cache the index is kept in /var/cache/apk.
    what: 'package index',
    paths: ['/var/cache/apk', '/etc/apk/cache'],
    // After `apk update` the index is that one's: the row below.
    fills: (tool, all) =>
      is(tool, 'apk', 'add', 'upgrade') &&
      !flagged(tool, 'no-cache', 'no-network', 'root', 'p') &&
      !all.some((other) => is(other, 'apk', 'update')),
    empties: (tool) => is(tool, 'apk', 'cache'),
    remedy: { flag: '--no-cache' },
  },
  {
    what: 'package index',
    paths: ['/var/cache/apk', '/etc/apk/cache'],
    fills: (tool, all) =>
      is(tool, 'apk', 'update') && !flagged(tool, 'no-cache') && all.some((other) => is(other, 'apk', 'add', 'upgrade')),
    empties: (tool) => is(tool, 'apk', 'cache'),
    remedy: 'leave out',
  },
  {
    // dnf(8), "clean": metadata and packages stay in /var/cache/dnf.
    what: 'package metadata',
    paths: ['/var/cache/yum', '/var/cache/dnf', '/var/cache/libdnf5'],
    fills: (tool) => tool.tool === 'dnf' && installsPackages(tool) && !flagged(tool, 'installroot'),
    empties: (tool) => is(tool, 'dnf', 'clean'),
    remedy: { command: 'clean all' },
  },
  {
    // zypper(8), "clean".
    what: 'package metadata',
    paths: ['/var/cache/zypp'],
    fills: (tool) => tool.tool === 'zypper' && installsPackages(tool),
    empties: (tool) => is(tool, 'zypper', 'clean', 'cc'),
    remedy: { command: 'zypper clean --all' },
  },
  {
    // pip, "Caching", whose long options may be cut short: wheels and answers are kept below ~/.cache/pip.
    what: 'cache',
    paths: ['~/.cache/pip'],
    fills: (tool) => is(tool, 'pip', 'install') && !flagged(tool, 'no-cache-dir', 'no-cache', 'no-index') && !installsOnlyItself(tool),
    empties: (tool) => is(tool, 'pip', 'cache', 'config'),
    variable: 'PIP_NO_CACHE_DIR',
    remedy: { flag: '--no-cache-dir' },
  },
  {
    // npm-cache(1): everything fetched is kept in ~/.npm/_cacache.
    what: 'cache',
    paths: ['~/.npm'],
    fills: (tool) =>
      is(tool, 'npm', 'ci', 'install', 'i') && !flagged(tool, 'cache') && (tool.given.length === 0 || tool.given.length > FEW),
    empties: (tool) => is(tool, 'npm', 'cache'),
    variable: 'NPM_CONFIG_CACHE',
    remedy: { command: 'npm cache clean --force' },
  },
  {
    // Yarn 1, "yarn cache". These flags are those of Yarn 1; later ones may need their cache.
    what: 'cache',
    paths: ['/usr/local/share/.cache', '~/.cache/yarn'],
    fills: (tool) =>
      is(tool, 'yarn', 'install', '') &&
      flagged(tool, 'frozen-lockfile', 'pure-lockfile', 'production', 'prod') &&
      !flagged(tool, 'cache-folder'),
    empties: (tool) => is(tool, 'yarn', 'cache'),
    variable: 'YARN_CACHE_FOLDER',
    remedy: { command: 'yarn cache clean' },
  },
  {
    // Composer, "COMPOSER_CACHE_DIR".
    what: 'cache',
    paths: ['~/.composer', '~/.cache/composer', '/tmp/cache', '/tmp'],
    fills: (tool) => is(tool, 'composer', 'install', 'require', 'update') && !flagged(tool, 'no-cache'),
    empties: (tool) => is(tool, 'composer', 'clear-cache', 'clearcache', 'cc'),
    variable: 'COMPOSER_CACHE_DIR',
    remedy: { flag: '--no-cache' },
  },
];

/** Packages of npm whose cache is not worth a word: a tool or two. */
const FEW = 2;

/** Small, and everybody does it. */
const installsOnlyItself = ({ given }: ToolCall): boolean =>
  given.length > 0 && given.every(({ text }) => OF_PIP.has(/^[\w-]*/.exec(text)?.[0] ?? ''));

/** The cache that a RUN leaves in its layer, and the call that fills it. */
export function cacheLeft(
  { stage, step }: Place,
  tools: readonly ToolCall[],
): { readonly cache: Cache; readonly tool: ToolCall } | undefined {
  for (const cache of CACHES) {
    const tool = tools.find((candidate) => !candidate.call.inner && !candidate.call.conditional && cache.fills(candidate, tools));
    if (tool === undefined || tools.some(cache.empties) || step.script.calls.some((call) => removes(call, cache.paths))) continue;
    if (cache.variable !== undefined && setsVariable(stage, step, cache.variable)) continue;
    if (cache.what === 'package lists' && isNeededLater(stage, step)) continue;
    if (!mountsOver(step, cache.paths)) return { cache, tool };
  }
  return undefined;
}

/** A later RUN installs from the lists as they are. */
function isNeededLater(stage: Stage, step: StageStep): boolean {
  const all = allSteps(stage);
  const later = all.slice(all.indexOf(step) + 1).flatMap(({ script }) => script.calls.map(toolCall));
  const next = later.find((tool) => tool.tool === 'apt-get' && (tool.subcommand === 'update' || installsPackages(tool)));
  return next !== undefined && next.subcommand !== 'update';
}

const mountsOver = (step: StageStep, paths: readonly string[]): boolean =>
  isMounted(step, ...paths.filter((path) => path.startsWith('/'))) ||
  // Where the home is nobody can tell: the end of the path decides.
  paths.some(
    (path) => path.startsWith('~/') && step.mounts.some(({ type, target }) => type !== 'secret' && endsLike(target, path.slice(2))),
  );

/** `/root/.cache` is above `.cache/pip`, and `/home/app/.cache/pip` is it. */
const endsLike = (target: string, path: string): boolean => {
  const first = path.split('/', 1)[0] ?? '';
  return target.includes(`/${first}`) || target === '/root';
};

/** Whether a call removes what lies there, or may: a script that cleans up. */
function removes({ program, args }: Call, paths: readonly string[]): boolean {
  if (/clean/.test(program)) return true;
  if (program !== 'rm' && program !== 'find') return false;
  return args.some(({ text }) => paths.some((path) => covers(text, path)));
}

/** `/var/lib/apt/*`, `/var/cache`, `$HOME/.cache`, `{tmp,cache}`. */
function covers(text: string, path: string): boolean {
  if (path.startsWith('~/')) return text.includes(`/${path.slice(2).split('/', 1)[0]}`);
  const plain = text.replace(/\/?\*?$/, '');
  return (
    plain.startsWith(path) || (plain.length > 1 && path.startsWith(`${plain}/`)) || (text.includes('{') && /apt|apk|cache|lists/.test(text))
  );
}
