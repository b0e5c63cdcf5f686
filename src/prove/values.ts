import { UserError } from '../base/index.ts';
import { dummyFor, isUsable, type ContractVariable } from '../plan/index.ts';
import type { ExampleValue } from '../service/index.ts';
import type { GivenValue } from './types.ts';

type Variables = Readonly<Record<string, string>>;

/** Where values come from, by rank: what stands first wins. */
export interface ValueSources {
  /** `--env`. */
  readonly flags?: Variables;
  /** `--env-file`. */
  readonly envFile?: Variables;
  /** `prove.env` in plimsoll.yaml. */
  readonly config?: Variables;
  /** Addresses of companions that the proof started. */
  readonly companions?: Variables;
  /** Proposals of the repository itself: .env.example, compose. */
  readonly examples?: readonly ExampleValue[];
}

/**
 * The values that the proof gives to the service. What a person named is always given; proposals of the repository and
 * dummies only to variables that the service cannot start without. Sorted by name.
 */
export function valuesFor(variables: readonly ContractVariable[], sources: ValueSources): readonly GivenValue[] {
  const given = new Map<string, GivenValue>();
  const ranks = [
    ['flag', sources.flags],
    ['env-file', sources.envFile],
    ['config', sources.config],
    ['companion', sources.companions],
  ] as const;
  for (const [from, values] of ranks)
    for (const [name, value] of Object.entries(values ?? {})) if (!given.has(name)) given.set(name, { name, value, from });
  for (const variable of variables) {
    const { name } = variable;
    if (!variable.required || variable.value !== undefined || given.has(name)) continue;
    const example = sources.examples?.find((it) => it.name === name && isUsable(it.value, variable));
    given.set(name, example ? { name, value: example.value, from: 'example' } : { name, value: dummyFor(variable), from: 'dummy' });
  }
  return [...given.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** As a container is given them. */
export const environmentOf = (values: readonly GivenValue[]): Variables =>
  Object.fromEntries(values.map(({ name, value }) => [name, value]));

/**
 * An environment file as `docker run --env-file` reads it: `NAME=value` lines, `#` lines are comments, quotes are part
 * of the value, and a bare `NAME` takes its value from `environment`. Throws UserError with the line.
 * Source: docker/cli, opts/envfile.go.
 */
export function parseEnvFile(text: string, file: string, environment: Readonly<Record<string, string | undefined>>): Variables {
  const values: Record<string, string> = {};
  for (const [index, written] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = written.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const name = equals < 0 ? line : line.slice(0, equals);
    if (name === '' || /\s/.test(name))
      throw new UserError(`\`${line.slice(0, 40)}\` is no variable`, 'write one `NAME=value` a line', { file, line: index + 1 });
    const value = equals < 0 ? environment[name] : line.slice(equals + 1);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
