import { DOCKERFILE, RECORD_FILE } from '../../write/index.ts';
import type { Change, State } from './changes.ts';
import type { DockerfileFact } from './fact.ts';
import type { Settled } from './settle.ts';

const SAYS: Readonly<Record<State, string>> = {
  missing: 'written',
  same: 'up to date',
  merged: 'what is new was merged into yours',
  conflict: 'merged, with conflicts',
  foreign: 'is yours: left as it is; move it away to have it written',
};

/** What was done, where conflicts wait, and what comes next. */
export function summary(changes: readonly Change[], { open }: Pick<Settled, 'open'>, dockerfile: string, path: string): string {
  const conflicts = changes.flatMap((change) =>
    change.conflicts.map((line) => `${change.path}:${line}: conflict: keep what you want of both sides`),
  );
  return lines([
    ...changes.map((change) => `${change.path}: ${SAYS[change.state]}`),
    ...conflicts,
    ...open.map(
      ({ options: [first, ...rest], flag }) => `${flag} ${first.choice}, as recommended; or ${rest.map(({ choice }) => choice).join(', ')}`,
    ),
    `commit ${RECORD_FILE} too: with it the next \`plimsoll init\` merges into what you changed`,
    conflicts.length > 0
      ? 'next: mend the conflicts, then `plimsoll init --check`'
      : `next: docker build ${path}   or   plimsoll lint ${dockerfile}`,
  ]);
}

/** What `--check` says of files that are not as they would be. */
export function checked(stale: readonly Change[]): string {
  const why = ({ state, path }: Change): string => {
    if (state === 'foreign') return `was not written by Plimsoll, or ${RECORD_FILE} was not committed`;
    if (state === 'conflict') return 'is out of date, and merging makes conflicts';
    return state === 'missing' && path !== 'plimsoll.yaml' ? 'is not there' : 'is out of date';
  };
  return stale.length === 0
    ? 'all files are up to date\n'
    : lines(stale.map((change) => `${change.path}: ${why(change)}: run \`plimsoll init\``));
}

/** Facts of a Dockerfile, each with its line and what becomes of it. */
export const factLines = (facts: readonly DockerfileFact[]): string =>
  lines(facts.map((fact) => `${DOCKERFILE}:${fact.line}: ${fact.what} ${fact.value}: ${becomes(fact)}`));

function becomes({ keys, leftOut }: DockerfileFact): string {
  if (leftOut !== undefined) return `not taken over: ${leftOut}`;
  return keys.length === 0
    ? 'as Plimsoll decides'
    : keys.map(([key, value]) => `\`${key.join('.')}: ${JSON.stringify(value)}\``).join(', ');
}

/** The fields others rely on: src/report/json/index.ts. */
export const jsonOf = (changes: readonly Change[], { open, adopted }: Settled): unknown => ({
  schema: 'plimsoll/init/1',
  files: changes.map(({ path, state, text, conflicts }) => ({ path, state, text, conflicts })),
  questions: open.map(({ id, question, flag, options }) => ({
    id,
    question,
    flag,
    choices: options.map(({ choice, says }) => ({ choice, says })),
  })),
  adopted: (adopted ?? []).map((fact) => ({
    what: fact.what,
    value: fact.value,
    at: { file: DOCKERFILE, line: fact.line },
    keys: fact.keys.map(([key, value]) => ({ key: key.join('.'), value })),
    ...(fact.leftOut === undefined ? {} : { leftOut: fact.leftOut }),
  })),
});

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
