import { certain, guess, likely, splitWords, type Fact } from '../../../base/index.ts';
import type { Repository } from '../../repository.ts';
import type { TextFile } from '../../text.ts';
import { installIn, type Install } from './command.ts';

/** Where a repository says how it is installed for production, best first; and how far that is to be believed. */
const PLACES: readonly (readonly [RegExp, <T>(value: T, ...because: Fact<T>['because']) => Fact<T>])[] = [
  [/^(docker\/)?(Dockerfile|Containerfile)(\.prod(uction)?)?$/, certain],
  [/^(Procfile|Makefile)$/, likely],
  [/^README(\.\w+)?$/i, likely],
  // A pipeline installs what its tests need: the names that are only for those are left out later.
  [/^(\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci\/config\.yml)$/, guess],
];

/** A command that installs, up to what ends it in a shell; a line that ends with a backslash goes on. */
const COMMAND =
  /\b(?:python3? -m pip|uv|pip3?|poetry|pdm|pipenv)[ \t]+(?:pip[ \t]+)?(?:sync|export|install|requirements)\b(?:\\\r?\n|[^\n;&|`<>])*/g;

/** Every installing command that the repository holds, best first. */
export async function installsOf(repository: Repository): Promise<readonly Fact<Install>[]> {
  const found: Fact<Install>[] = [];
  // A Dockerfile that `plimsoll init` wrote follows from the decisions, and is no reason for them.
  const isOwn = repository.has('.plimsoll-written.json');
  for (const [pattern, fact] of PLACES)
    for (const path of repository.paths.filter((p) => pattern.test(p) && !(isOwn && p === 'Dockerfile'))) {
      const file = await repository.text(path);
      if (file)
        found.push(...[...commandsIn(file), ...constrainedIn(file)].map(({ install, from, to }) => fact(install, file.at({ from, to }))));
    }
  return found;
}

interface Found {
  readonly install: Install;
  readonly from: number;
  readonly to: number;
}

/** `ENV PIP_CONSTRAINT=…` in a Dockerfile: pip's and uv's manuals, “Environment variables”. */
const CONSTRAINED = /^ENV[ \t]+(?:\S+=\S+[ \t]+)*(?:PIP|UV)_CONSTRAINT[= \t](\S+)/gm;

function constrainedIn(file: TextFile): Found[] {
  return [...file.text.matchAll(CONSTRAINED)].map((match) => ({
    install: { extras: [], groups: [], files: [], constraints: [match[1] ?? ''] },
    from: match.index,
    to: match.index + match[0].length,
  }));
}

function commandsIn(file: TextFile): Found[] {
  return [...file.text.matchAll(COMMAND)].flatMap((match) => {
    if (isComment(file.text, match.index) || inStageAside(file, match.index)) return [];
    const text = match[0].trimEnd();
    const words = splitWords(text.replaceAll(/\\\r?\n/g, ' '));
    const install = words && installIn(words);
    return install ? [{ install, from: match.index, to: match.index + text.length }] : [];
  });
}

const isComment = (text: string, at: number): boolean => /^\s*#/.test(text.slice(text.lastIndexOf('\n', at - 1) + 1, at));

/** `FROM … AS test`: what such a stage of a Dockerfile installs is not shipped. */
function inStageAside(file: TextFile, at: number): boolean {
  if (!/(Docker|Container)file/.test(file.path)) return false;
  const from = [...file.text.slice(0, at).matchAll(/^FROM\s.*$/gim)].at(-1)?.[0] ?? '';
  const stage = /\sAS\s+(\S+)/i.exec(from)?.[1];
  return stage !== undefined && isForDevelopment(stage);
}

/** Names of what only developers and their tools need. */
export const isForDevelopment = (name: string): boolean =>
  /^(dev|devel|develop|development|test|tests|testing|lint|linting|linters?|format|typing|types|type-check|typecheck|mypy|doc|docs|documentation|ci|qa|tox|nox|coverage|bench|benchmarks?|debug|local|build|release|all-dev)$/.test(
    name.toLowerCase(),
  ) || /(^|[-_.])(dev|test|tests|docs|lint)([-_.]|$)/.test(name.toLowerCase());
