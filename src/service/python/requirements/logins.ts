import type { Fact } from '../../../base/index.ts';
import type { Problem, Requirement } from '../../types.ts';

/** `https://user:password@…`, `https://token@…`; `${NAME}` holds nothing, and `git@` is a user that everybody knows. */
const LOGIN = /^[a-z+]+:\/\/(?!git@|\$\{)[^/\s@]+@/i;

/** Requirements without those whose URL holds a login: such a line is shown nowhere, and nothing is built of it. */
export function withoutLogins(requirements: readonly Fact<Requirement>[]): {
  readonly kept: readonly Fact<Requirement>[];
  readonly problems: readonly Problem[];
} {
  const holds = (fact: Fact<Requirement>): boolean => LOGIN.test(fact.value.url ?? '');
  return {
    kept: requirements.filter((fact) => !holds(fact)),
    problems: requirements.filter(holds).flatMap(({ value, because: [at] }) =>
      at.from === 'file'
        ? [
            {
              at: { file: at.file, ...at.range.start },
              what: `the URL of \`${value.name}\` holds a login`,
              hint: 'take it out and change it: who can read the repository has it; netrc gives pip and uv a login for the host',
              fatal: true,
            } as const,
          ]
        : [],
    ),
  };
}
