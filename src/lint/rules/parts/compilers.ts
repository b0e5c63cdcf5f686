import type { ShellWord } from '../../script/index.ts';
import { allSteps, type Stage, type StageStep } from '../../stages/index.ts';
import { installsPackages, is, packageName, toolCall } from './tools.ts';

/** Packages that compile. Headers alone (`libpq-dev`) bring the library that the service needs. */
const COMPILERS = new Set(
  'build-essential build-base gcc g++ gcc-c++ clang make cmake automake autoconf cargo rustc golang golang-go maven gradle rpm-build rpmdevtools devscripts createrepo-c createrepo_c reprepro'.split(
    ' ',
  ),
);

/** Whether a package of that name compiles. */
export const isCompiler = (name: string): boolean => COMPILERS.has(name);

/** A compiler that a RUN installs, and does not remove. */
export function compilerLeft({ script }: StageStep): ShellWord | undefined {
  const tools = script.calls.map(toolCall);
  if (
    tools.some(
      (tool) => is(tool, 'apk', 'del') || is(tool, 'apt-get', 'purge', 'remove', 'autoremove') || is(tool, 'dnf', 'remove', 'erase'),
    )
  )
    return undefined;
  return tools
    .filter((tool) => installsPackages(tool) && !tool.call.conditional)
    .flatMap(({ given }) => given)
    .find((word) => COMPILERS.has(packageName(word)) || COMPILERS.has(word.text));
}

/** Images that are made to build with (their descriptions on Docker Hub). */
const BUILDERS = /^(?:golang|rust|maven|gradle|gcc|haskell|swift|mcr\.microsoft\.com\/dotnet\/sdk)$/;
/** Images of languages, where a compiler may be needed only for what they install. */
const RUNTIMES = /^(?:python|node|ruby|php)$/;

/** Whether an image holds a compiler for its own sake: it builds, or is far from small anyway. */
export const isForBuilding = (stage: Stage): boolean =>
  BUILDERS.test(stage.base.name) ||
  (!RUNTIMES.test(stage.base.name) && allSteps(stage).some((step) => step.instruction.name === 'RUN' && compilerLeft(step) !== undefined));
