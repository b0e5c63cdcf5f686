import type { Span } from '../../../dockerfile/index.ts';
import { hasFlag, type Call } from '../../script/index.ts';
import { setsVariable, stepsBefore, type Stage, type StageStep } from '../../stages/index.ts';
import { toolCall, type ToolCall } from './tools.ts';

/** An install of what a manifest names, that is not bound to the lock file. */
export interface LockedInstall {
  readonly manifest: string;
  readonly lock: string;
  /** Where there is a lock file it is what counts, without more words. */
  readonly usesLock: boolean;
  readonly advice: string;
  readonly change: { readonly title: string; readonly span: Span; readonly text: string } | undefined;
}

interface Installer {
  readonly subcommands: readonly string[];
  readonly manifest: string;
  readonly lock: string;
  /** Flags that bind it to the lock file, or say on purpose that none is wanted. */
  readonly flags: readonly string[];
  /** Variables that do. */
  readonly variables: readonly string[];
  readonly usesLock?: true;
  readonly advice: string;
  /** A flag to add, or a subcommand to put in place of the one that is there. */
  readonly flag?: string;
  readonly subcommand?: string;
}

/** The tools' manuals. */
const INSTALLERS: Readonly<Record<string, Installer>> = {
  npm: {
    subcommands: ['install', 'i'],
    manifest: 'package.json',
    lock: 'package-lock.json',
    flags: ['no-package-lock', 'package-lock', 'global', 'g', 'no-save'],
    variables: [],
    advice: '`npm install` may choose other versions than the lock file: `npm ci` keeps to it',
    subcommand: 'ci',
  },
  yarn: {
    subcommands: ['install', ''],
    manifest: 'package.json',
    lock: 'yarn.lock',
    flags: ['frozen-lockfile', 'immutable', 'pure-lockfile', 'no-lockfile', 'version', 'help', 'v'],
    variables: ['CI', 'YARN_ENABLE_IMMUTABLE_INSTALLS'],
    advice: 'the lock file may change: add `--immutable` (in Yarn 1 `--frozen-lockfile`)',
  },
  pnpm: {
    subcommands: ['install', 'i'],
    manifest: 'package.json',
    lock: 'pnpm-lock.yaml',
    flags: ['frozen-lockfile', 'offline', 'no-lockfile', 'global', 'g', 'no-frozen-lockfile'],
    variables: ['CI'],
    advice: 'the lock file may change: add `--frozen-lockfile`',
    flag: '--frozen-lockfile',
  },
  bun: {
    subcommands: ['install', 'i'],
    manifest: 'package.json',
    lock: 'bun.lock',
    flags: ['frozen-lockfile', 'global', 'g'],
    variables: ['CI'],
    advice: 'the lock file may change: add `--frozen-lockfile`',
    flag: '--frozen-lockfile',
  },
  uv: {
    subcommands: ['sync'],
    manifest: 'pyproject.toml',
    lock: 'uv.lock',
    flags: ['locked', 'frozen'],
    variables: ['UV_LOCKED', 'UV_FROZEN'],
    advice: 'the lock file may change: add `--locked`',
    flag: '--locked',
  },
  bundle: {
    subcommands: ['install', ''],
    manifest: 'Gemfile',
    lock: 'Gemfile.lock',
    flags: ['frozen', 'deployment', 'version'],
    variables: ['BUNDLE_FROZEN', 'BUNDLE_DEPLOYMENT'],
    advice: 'the lock file may change: set `BUNDLE_FROZEN=1` before it',
  },
  poetry: {
    subcommands: ['install', 'sync'],
    manifest: 'pyproject.toml',
    lock: 'poetry.lock',
    flags: [],
    variables: [],
    usesLock: true,
    advice: '',
  },
  composer: {
    subcommands: ['install'],
    manifest: 'composer.json',
    lock: 'composer.lock',
    flags: [],
    variables: [],
    usesLock: true,
    advice: '',
  },
};

/** The install that a call is; undefined where it is none, or keeps to the lock file. */
export function lockedInstall(stage: Stage, step: StageStep, call: Call): LockedInstall | undefined {
  const tool = toolCall(call);
  const known = INSTALLERS[tool.tool];
  if (known === undefined || !known.subcommands.includes(tool.subcommand) || tool.given.length > 0) return undefined;
  if (hasFlag(call, ...known.flags) || known.variables.some((name) => setsVariable(stage, step, name))) return undefined;
  if (isConfigured(stage, step)) return undefined;
  return {
    manifest: known.manifest,
    lock: known.lock,
    usesLock: known.usesLock ?? false,
    advice: known.advice,
    change: changeOf(known, tool),
  };
}

/** `bundle config set frozen true`, `yarn config set enableImmutableInstalls true`, `poetry lock`. */
const isConfigured = (stage: Stage, step: StageStep): boolean =>
  [...stepsBefore(stage, step), step].some(({ script }) =>
    script.calls.some(
      ({ args }) =>
        args.some(({ text }) => /^(?:frozen|deployment|enableImmutableInstalls|frozen-lockfile|immutable-cache)/.test(text)) ||
        args[0]?.text === 'lock',
    ),
  );

function changeOf({ flag, subcommand }: Installer, { call, head, tool }: ToolCall): LockedInstall['change'] {
  if (flag !== undefined) return { title: `add \`${flag}\``, span: { start: head.end, end: head.end }, text: ` ${flag}` };
  const word = call.args.find(({ text }) => text === 'install' || text === 'i');
  return subcommand === undefined || word === undefined
    ? undefined
    : { title: `write \`${tool} ${subcommand}\``, span: word.span, text: subcommand };
}
