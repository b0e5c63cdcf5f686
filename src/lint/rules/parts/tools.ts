import { onceFor } from '../../../base/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { operands, type Call, type ShellWord } from '../../script/index.ts';

/** A call of an installer, a builder or their like: `pip install -r requirements.txt`. */
export interface ToolCall {
  readonly call: Call;
  /** The program by its usual name: `python3 -m pip` and `pip3.12` are `pip`, `apt` is `apt-get`, `./mvnw` is `mvn`. */
  readonly tool: string;
  /** Empty without one. */
  readonly subcommand: string;
  /** What follows the subcommand and is no flag. */
  readonly given: readonly ShellWord[];
  /** Program and subcommand. */
  readonly head: Span;
}

/** Flags that take a value as a word of their own (the manuals of the tools). */
const VALUED: Readonly<Record<string, readonly string[]>> = byWords({
  'apt-get': 'o c t a option config-file target-release default-release',
  apk: 'p X t root repository virtual arch keys-dir repositories-file cache-dir',
  dnf: 'c x config releasever installroot enablerepo disablerepo exclude setopt repo repoid',
  zypper: 'R root C config',
  pip:
    'r c e i f t requirement constraint editable index-url extra-index-url find-links target prefix root platform python-version ' +
    'implementation abi only-binary no-binary timeout retries trusted-host cache-dir cert client-cert log proxy config-settings progress-bar src',
  npm: 'C w prefix registry workspace omit include cache loglevel network-timeout userconfig fetch-retries fetch-timeout',
  yarn: 'cwd network-timeout registry modules-folder cache-folder mutex network-concurrency',
  pnpm: 'C F dir filter registry store-dir reporter',
  bun: 'cwd registry',
  gem: 'v i n version install-dir bindir source platform',
  bundle: 'j jobs path without with gemfile retry binstubs',
  composer: 'd working-dir',
  cargo: 'F j features root version git branch tag rev path target manifest-path target-dir bin profile registry index jobs config',
  go: 'C o ldflags tags mod gcflags asmflags p buildmode trimpath',
  poetry: 'C P directory project with without only extras E',
  uv: 'p python extra group package project directory python-version index-url extra-index-url cache-dir no-group',
  git: 'C c b depth branch git-dir work-tree o j',
});

function byWords(lists: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(lists).map(([name, words]) => [name, words.split(' ')]));
}

const ALIASES: Readonly<Record<string, string>> = {
  apt: 'apt-get',
  aptitude: 'apt-get',
  yum: 'dnf',
  microdnf: 'dnf',
  tdnf: 'dnf',
  mvnw: 'mvn',
  gradlew: 'gradle',
};

/** Reads a call as that of a tool. Many rules ask for the same one. */
export const toolCall: (call: Call) => ToolCall = onceFor(readTool);

function readTool(call: Call): ToolCall {
  const module = /^python[\d.]*$/.test(call.program) ? call.args.findIndex(({ text }) => text === '-m') : -1;
  const name = module === -1 ? call.program : (call.args[module + 1]?.text ?? '');
  const args = module === -1 ? call.args : call.args.slice(module + 2);
  const tool = /^pip[\d.]*$/.test(name) ? 'pip' : (ALIASES[name] ?? name);
  const words = operands({ args }, ...(VALUED[tool] ?? []));
  const [subcommand, ...given] = words;
  const end = subcommand ?? (module === -1 ? call.word : (call.args[module + 1] ?? call.word));
  return { call, tool, subcommand: subcommand?.text ?? '', given, head: { start: call.word.span.start, end: end.span.end } };
}

/** Whether it is this tool with one of these subcommands: `is(tool, 'npm', 'ci', 'install')`. */
export const is = ({ tool, subcommand }: ToolCall, name: string, ...subcommands: readonly string[]): boolean =>
  tool === name && (subcommands.length === 0 || subcommands.includes(subcommand));

/** The installers of systems, and what installs there. */
const SYSTEM_INSTALLS: Readonly<Record<string, readonly string[]>> = {
  'apt-get': ['install', 'upgrade', 'dist-upgrade', 'full-upgrade', 'build-dep'],
  apk: ['add', 'upgrade'],
  dnf: ['install', 'update', 'upgrade', 'groupinstall', 'localinstall', 'reinstall', 'builddep'],
  zypper: ['install', 'in', 'update', 'up', 'dist-upgrade', 'dup'],
};

/** Whether it installs packages of the system. */
export const installsPackages = (tool: ToolCall): boolean => SYSTEM_INSTALLS[tool.tool]?.includes(tool.subcommand) ?? false;

/** The name of a package without what follows it: `curl=7.88*`, `gcc:amd64`, `nodejs~20`. */
export const packageName = ({ text }: ShellWord): string => text.split(/[=:~<>@]/, 1)[0] ?? '';
