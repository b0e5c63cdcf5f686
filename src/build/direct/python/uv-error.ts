import { EnvironmentError, UserError, type Fact, type Place, normalizedName } from '../../../base/index.ts';
import type { ProcessEnd } from '../../../base/node.ts';
import { withoutLogins } from './indexes/hidden.ts';
import { indexError } from './indexes/index-error.ts';

/** What was to be done, in the words of the person who wrote the requirements. */
export interface UvTask {
  /** `resolved` or `installed`. */
  readonly done: string;
  /** What wheels must fit: `Python 3.13.5 on x86_64-manylinux_2_41`. */
  readonly target: string;
  /** What the repository asks for: errors are located there. */
  readonly asked: readonly Fact<{ readonly name: string }>[];
  /** Where none of these is meant. */
  readonly file?: string | undefined;
}

/** What uv refuses, and what is to be said of it; the groups are name and version. The first that fits is taken. */
const REFUSALS: readonly (readonly [RegExp, (name: string, task: UvTask) => readonly [string, string]])[] = [
  [
    /Because ([\w.-]+)(?:==(\S+))? has no (?:usable )?wheels|[Dd]istribution `([\w.-]+)==(\S+?)(?: @[^`]*)?` can't be installed because it (?:doesn't|does not) have a|Building source distributions? (?:for|of) `?([\w.-]+)/,
    (name, { target }) => [
      `${name} has no wheel for ${target}`,
      'ask for a version that has one, choose another base (`--base`), or build it in a Dockerfile: the direct engine compiles nothing',
    ],
  ],
  [
    /Because ([\w.-]+) was not found in the package registry/,
    (name) => [`${name} is not in the package index`, 'mend its name, or set UV_INDEX or PIP_EXTRA_INDEX_URL to the index that has it'],
  ],
  [
    /Because there (?:is|are) no versions? of ([\w.-]+?)(?:\[\S*)?((?:==|[<>~!])\S+)? /,
    (name) => [`no such version of ${name} exists`, 'ask for one that does'],
  ],
];

/** The error for what uv said when it failed. */
export function uvError(end: ProcessEnd, task: UvTask): Error {
  const said = withoutLogins(end.stderr.trim() || end.stdout.trim(), process.env)
    .replaceAll(/^\s*error:/gm, ' ')
    .replaceAll(/[│╰─▶×├]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^.*No solution found when resolving dependencies:? (?:cause: )?/, '')
    .trim()
    .slice(0, 800);
  const refused = indexError(said);
  if (refused) return refused;
  for (const [pattern, explain] of REFUSALS) {
    const [name, version] =
      pattern
        .exec(said)
        ?.slice(1)
        .filter((group) => group !== undefined) ?? [];
    if (name === undefined) continue;
    const shown = version === undefined ? name : `${name}${/^\d/.test(version) ? `==${version}` : version}`;
    return new UserError(...explain(`\`${shown}\``, task), placeOf(name, task));
  }
  const mismatch = /[Hh]ash mismatch for `([\w.-]+)(==| @ )([^`]+)`.*?Expected: ((?:\S+:\S+ ?)+).*?Computed: (\S+)/.exec(said);
  if (mismatch) {
    const [, name = '', relation = '', version, expected = '', computed] = mismatch;
    return new UserError(
      `what the index serves as \`${name}${relation}${version}\` is ${computed}, and the lock wants ${expected.trim()}`,
      'if the package was replaced on purpose, lock again; else what serves it is broken or hostile',
      placeOf(name, task),
    );
  }
  if (/error sending request|dns error|timed out|failed to fetch|connection|certificate/i.test(said))
    return new EnvironmentError(
      `dependencies could not be ${task.done}: ${said}`,
      'check the network and uv’s or pip’s index settings; what is in plimsoll.lock and in the store needs neither',
      'transient',
    );
  return new UserError(
    `dependencies cannot be ${task.done}: ${said.replace(/ hint: .*$/, '')}`,
    'change the versions that are asked for',
    placeOf(/you require ([\w.-]+)/.exec(said)?.[1] ?? '', task),
  );
}

/** Where a distribution is asked for. Names are compared as PEP 503 normalizes them. */
function placeOf(name: string, { asked, file }: UvTask): Place | undefined {
  const evidence = asked.find((fact) => normalizedName(fact.value.name) === normalizedName(name))?.because.find((it) => it.from === 'file');
  if (evidence) return { file: evidence.file, ...evidence.range.start };
  return file === undefined ? undefined : { file };
}
