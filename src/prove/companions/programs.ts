import type { CompanionProgram } from '../../run/index.ts';
import type { Companion, Service } from '../../service/index.ts';
import type { Moto } from '../moto.ts';
import type { GivenValue } from '../types.ts';
import { postgresProgram, type Login } from './postgres.ts';
import { redisProgram } from './redis.ts';

/** What can stand beside a service in its proof: a real program of this machine. */
export type CompanionName = 'redis' | 'postgres' | 'moto';

type Kind = Companion['kind'];

/** What the service talks to, by the program that stands for it. */
const KINDS: Readonly<Record<CompanionName, Kind>> = { redis: 'redis', postgres: 'postgres', moto: 's3' };
/** Not moto's own 5000, which is Flask's too: both are in one network. */
const PORTS: Readonly<Record<CompanionName, number>> = { redis: 6379, postgres: 5432, moto: 4566 };
const USER = 'plimsoll';
/** The database that is there without anybody's doing. */
const DATABASE = 'postgres';
const LOGIN: Login = { user: USER, password: USER, database: DATABASE };
const BUCKET = 'plimsoll';
const REGION = 'us-east-1';
const MOTO = `http://127.0.0.1:${PORTS.moto}`;

/** What boto3 reads by itself (AWS_ENDPOINT_URL from 1.28.0 on); moto takes any key. */
const AWS: Readonly<Record<string, string>> = {
  AWS_ENDPOINT_URL: MOTO,
  AWS_ACCESS_KEY_ID: USER,
  AWS_SECRET_ACCESS_KEY: USER,
  AWS_DEFAULT_REGION: REGION,
  AWS_REGION: REGION,
};

const leftOut = (name: CompanionName): string => `or leave \`${name}\` out of \`prove.companions\` in plimsoll.yaml`;

/** How a companion is started for this service. */
export function companionProgram(name: CompanionName, service: Service, values: readonly GivenValue[], moto?: Moto): CompanionProgram {
  const port = PORTS[name];
  switch (name) {
    case 'redis':
      return { name, ...redisProgram(undefined, port), install: `install Debian’s \`redis-server\`, ${leftOut(name)}` };
    case 'postgres':
      return { name, ...postgresProgram(LOGIN, port), install: `install Debian’s \`postgresql\`, ${leftOut(name)}` };
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

/** Values of the variables by which the service finds these companions. A variable that fits two belongs to the first. */
export function companionValues(service: Service, names: readonly CompanionName[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>(names.includes('moto') ? Object.entries(AWS) : []);
  const taken = new Set<string>();
  for (const { value } of service.companions) {
    const name = names.find((each) => KINDS[each] === value.kind);
    for (const variable of value.variables) {
      const told = name === undefined || taken.has(variable) ? undefined : valueFor(variable, name, service);
      if (told !== undefined) values.set(variable, told);
      taken.add(variable);
    }
  }
  return Object.fromEntries(values);
}

/** By the end of the variable's name; undefined for what a companion does not settle, such as a time to live. */
function valueFor(variable: string, name: CompanionName, service: Service): string | undefined {
  const known = service.environment.find((each) => each.name === variable)?.default;
  if (name === 'moto') return awsValue(variable, known);
  if (/(URL|URI|DSN)$/.test(variable)) return addressOf(name, known);
  if (/(HOST|HOSTNAME|ADDRESS|SERVER)$/.test(variable)) return '127.0.0.1';
  if (/PORT$/.test(variable)) return String(PORTS[name]);
  if (name !== 'postgres') return undefined;
  if (/(USER|USERNAME|PASSWORD|PASS)$/.test(variable)) return USER;
  return /(^|_)(NAME|DB|DATABASE|PGDATABASE)$/.test(variable) ? DATABASE : undefined;
}

/** With the driver that the service's own default names: `postgresql+asyncpg`. */
function addressOf(name: 'redis' | 'postgres', known: string | undefined): string {
  const named = /^([a-z][a-z0-9+.-]*):\/\//.exec(known ?? '')?.[1];
  if (name === 'redis') return `redis://127.0.0.1:${PORTS.redis}/0`;
  const scheme = named?.startsWith('postgres') ? named : 'postgresql';
  return `${scheme}://${USER}:${USER}@127.0.0.1:${PORTS.postgres}/${DATABASE}`;
}

function awsValue(variable: string, known: string | undefined): string | undefined {
  if (/(ENDPOINT|ENDPOINT_URL)$/.test(variable)) return MOTO;
  if (/(ACCESS_KEY(_ID)?|SECRET_KEY|SECRET_ACCESS_KEY)$/.test(variable)) return USER;
  if (/REGION$/.test(variable)) return REGION;
  return isBucket(variable) && !known ? BUCKET : undefined;
}

const isBucket = (variable: string): boolean => /(^|_)BUCKET(_NAME)?$/.test(variable);

/** The buckets that the service knows by a variable: as it is told in this proof, or as it would have it. */
function bucketsOf({ environment }: Service, values: readonly GivenValue[]): readonly string[] {
  const named = environment.filter(({ name }) => isBucket(name));
  return [...new Set(named.flatMap(({ name, default: known }) => values.find((each) => each.name === name)?.value ?? known ?? []))];
}
