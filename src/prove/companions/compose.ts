import { splitWords } from '../../base/index.ts';
import type { ComposeService, Service } from '../../service/index.ts';
import { STAND_IN } from './kinds.ts';
import type { Login } from './postgres.ts';
import type { Wanted } from './wanted.ts';

export type FillIn = (text: string) => string;

/**
 * Puts values in the place of `${NAME}`, of both sides alike: what .env.example proposes, else the default that stands
 * there, else a stand-in. A real .env is not read. Source: Compose Specification, "Interpolation".
 */
export function filledIn({ examples = [] }: Service): FillIn {
  const known = new Map(examples.map(({ name, value }) => [name, value]));
  return (text) =>
    text.replaceAll(
      /\$(?:(\$)|\{(\w+)(?::?([-?+])([^}]*))?\}|(\w+))/g,
      (_, dollar: string | undefined, braced: string | undefined, sign: string | undefined, rest: string | undefined, bare: string) => {
        if (dollar !== undefined) return '$';
        const value = known.get(braced ?? bare) || undefined;
        if (sign === '+') return value === undefined ? '' : (rest ?? '');
        return value ?? (sign === '-' ? (rest ?? '') : STAND_IN);
      },
    );
}

/**
 * As postgres' image takes it from its variables, and bitnami's; what they leave open, from the service's own address for
 * it. Source: Docker Hub, "postgres", Environment Variables.
 */
export function loginOf({ hosts, environment }: ComposeService, service: Service, fill: FillIn): Login {
  const told = (...names: string[]): string | undefined => {
    const name = names.find((it) => environment[it] !== undefined && environment[it] !== '');
    return name === undefined ? undefined : fill(environment[name] ?? '');
  };
  const own = addressIn(service, hosts, fill);
  const user = told('POSTGRES_USER', 'POSTGRESQL_USERNAME') ?? own?.user ?? 'postgres';
  return {
    user,
    password: told('POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD') ?? own?.password ?? STAND_IN,
    database: told('POSTGRES_DB', 'POSTGRESQL_DATABASE') ?? own?.database ?? user,
    ...(told('POSTGRES_HOST_AUTH_METHOD') === 'trust' ? { trusted: true as const } : {}),
  };
}

/** The login in a URL that leads to one of these hosts. */
function addressIn({ beside }: Service, hosts: readonly string[], fill: FillIn): Partial<Login> | undefined {
  for (const { value } of beside?.environment ?? []) {
    const text = fill(value).replace(/^[a-z][a-z0-9+.-]*:/, 'http:');
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !hosts.includes(url.hostname) || url.username === '') continue;
    const database = decodeURIComponent(url.pathname.slice(1));
    return {
      user: decodeURIComponent(url.username),
      ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
      ...(database === '' ? {} : { database }),
    };
  }
  return undefined;
}

/** A command is filled in before it is split. */
export const wordsOf = (command: ComposeService['command'], fill: FillIn): readonly string[] =>
  typeof command === 'string' ? (splitWords(fill(command)) ?? []) : command.map(fill);

/** `--requirepass` of its command, or what bitnami's image takes. */
export function passwordOf({ command, environment }: ComposeService, fill: FillIn): string | undefined {
  const words = wordsOf(command, fill);
  const flag = words.indexOf('--requirepass');
  if (flag >= 0) return words[flag + 1];
  const told = environment['REDIS_PASSWORD'] ?? environment['VALKEY_PASSWORD'];
  return told === undefined || told === '' ? undefined : fill(told);
}

/**
 * The values that the compose file gives to the service for what stands beside it: those that name one of its hosts, and
 * those of variables by which the source finds such a thing.
 */
export function composeValues(service: Service, wanted: readonly Wanted[], kinds: readonly string[]): Readonly<Record<string, string>> {
  const hosts = wanted.flatMap((it) => it.hosts);
  const variables = new Set(service.companions.flatMap(({ value }) => (kinds.includes(value.kind) ? value.variables : [])));
  const fill = filledIn(service);
  const names = (value: string): boolean => value.split(/[^\w.-]+/).some((word) => hosts.includes(word));
  const values = (service.beside?.environment ?? []).filter(({ name, value }) => variables.has(name) || names(value));
  return hosts.length === 0 ? {} : Object.fromEntries(values.map(({ name, value }) => [name, fill(value)]));
}
