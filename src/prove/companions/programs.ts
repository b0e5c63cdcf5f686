import type { CompanionProgram } from '../../run/index.ts';
import type { Service } from '../../service/index.ts';
import type { Moto } from '../moto.ts';
import type { GivenValue } from '../types.ts';
import { composeValues } from './compose.ts';
import { KINDS, STAND_IN, type CompanionName } from './kinds.ts';
import { postgresProgram } from './postgres.ts';
import { redisProgram } from './redis.ts';
import type { Wanted } from './wanted.ts';

const BUCKET = STAND_IN;
const REGION = 'us-east-1';

const motoAt = (port: number): string => `http://127.0.0.1:${port}`;

/** What boto3 reads by itself (AWS_ENDPOINT_URL from 1.28.0 on); moto takes any key. */
const awsValues = (port: number): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: motoAt(port),
  AWS_ACCESS_KEY_ID: STAND_IN,
  AWS_SECRET_ACCESS_KEY: STAND_IN,
  AWS_DEFAULT_REGION: REGION,
  AWS_REGION: REGION,
});

const leftOut = (name: CompanionName): string => `or leave \`${name}\` out of \`prove.companions\` in plimsoll.yaml`;

/** How a companion is started for this service. */
export function companionProgram(wanted: Wanted, service: Service, values: readonly GivenValue[], moto?: Moto): CompanionProgram {
  const { name, port } = wanted;
  switch (name) {
    case 'redis':
      return { name, ...redisProgram(wanted.password, port), install: `install Debian’s \`redis-server\`, ${leftOut(name)}` };
    case 'postgres':
      return { name, ...postgresProgram(wanted.login, port), install: `install Debian’s \`postgresql\`, ${leftOut(name)}` };
    case 'moto':
      return {
        name,
        port,
        argv: [...(moto?.argv ?? ['moto_server']), '-H', '127.0.0.1', '-p', String(port)],
        ...(moto?.reads ? { reads: moto.reads } : {}),
        asked: bucketsOf(service, values).map((bucket) => ({ method: 'PUT', path: `/${encodeURIComponent(bucket)}` })),
        install: `${moto?.install ?? 'install `moto[server]`'}; ${leftOut(name)}`,
      };
  }
}

/**
 * Values of the variables by which the service finds these companions: as its compose file has them, else as their names
 * tell. A variable that fits two belongs to the first.
 */
export function companionValues(service: Service, companions: readonly Wanted[]): Readonly<Record<string, string>> {
  const moto = companions.find((it) => it.name === 'moto');
  const values = new Map<string, string>(moto ? Object.entries(awsValues(moto.port)) : []);
  const taken = new Set<string>();
  for (const { value } of service.companions) {
    const wanted = companions.find((it) => KINDS[it.name] === value.kind);
    for (const variable of value.variables) {
      const told = wanted === undefined || taken.has(variable) ? undefined : valueFor(variable, wanted, service);
      if (told !== undefined) values.set(variable, told);
      taken.add(variable);
    }
  }
  const kinds = companions.map((it) => KINDS[it.name]);
  return { ...Object.fromEntries(values), ...composeValues(service, companions, kinds) };
}

/** By the end of the variable's name; undefined for what a companion does not settle, such as a time to live. */
function valueFor(variable: string, wanted: Wanted, service: Service): string | undefined {
  const known = service.environment.find((each) => each.name === variable)?.default;
  const { name, port, login } = wanted;
  if (name === 'moto') return awsValue(variable, known, port);
  if (/(URL|URI|DSN)$/.test(variable)) return addressOf(wanted, known);
  if (/(HOST|HOSTNAME|ADDRESS|SERVER)$/.test(variable)) return '127.0.0.1';
  if (/PORT$/.test(variable)) return String(port);
  if (name === 'redis') return /(PASSWORD|PASS)$/.test(variable) ? wanted.password : undefined;
  if (/(USER|USERNAME)$/.test(variable)) return login.user;
  if (/(PASSWORD|PASS)$/.test(variable)) return login.password;
  return /(^|_)(NAME|DB|DATABASE|PGDATABASE)$/.test(variable) ? login.database : undefined;
}

/** With the driver that the service's own default names: `postgresql+asyncpg`. */
function addressOf({ name, port, login, password }: Wanted, known: string | undefined): string {
  const named = /^([a-z][a-z0-9+.-]*):\/\//.exec(known ?? '')?.[1];
  const word = encodeURIComponent;
  if (name === 'redis') return `redis://${password === undefined ? '' : `:${word(password)}@`}127.0.0.1:${port}/0`;
  const scheme = named?.startsWith('postgres') ? named : 'postgresql';
  return `${scheme}://${word(login.user)}:${word(login.password)}@127.0.0.1:${port}/${word(login.database)}`;
}

function awsValue(variable: string, known: string | undefined, port: number): string | undefined {
  if (/(ENDPOINT|ENDPOINT_URL)$/.test(variable)) return motoAt(port);
  if (/(ACCESS_KEY(_ID)?|SECRET_KEY|SECRET_ACCESS_KEY)$/.test(variable)) return STAND_IN;
  if (/REGION$/.test(variable)) return REGION;
  return isBucket(variable) && !known ? BUCKET : undefined;
}

const isBucket = (variable: string): boolean => /(^|_)BUCKET(_NAME)?$/.test(variable);

/** The buckets that the service knows by a variable: as it is told in this proof, or as it would have it. */
function bucketsOf({ environment }: Service, values: readonly GivenValue[]): readonly string[] {
  const named = environment.filter(({ name }) => isBucket(name));
  return [...new Set(named.flatMap(({ name, default: known }) => values.find((each) => each.name === name)?.value ?? known ?? []))];
}
