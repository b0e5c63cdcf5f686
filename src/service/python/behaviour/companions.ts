import { certain, likely, type Evidence, type Fact } from '../../../base/index.ts';
import type { Companion, EnvironmentRead } from '../../types.ts';
import { reader } from '../../reader.ts';
import type { Running } from '../running.ts';
import { evaluate } from '../source/constant.ts';
import { within, type Expression } from '../source/tree.ts';
import { callsOf, sitesOf } from '../source/walk.ts';
import { isGuarded } from './imports.ts';

type Kind = Companion['kind'];

/** Modules that speak to a companion, and the packages that bring them where those have another name. */
const CLIENTS: Readonly<Record<Kind, readonly string[]>> = {
  redis: ['redis', 'aioredis', 'rq', 'django_redis', 'arq', 'valkey', 'coredis'],
  postgres: ['psycopg', 'psycopg2', 'asyncpg', 'aiopg', 'pg8000', 'psycopg-binary', 'psycopg2-binary', 'psycopg-pool', 'psycopg_pool'],
  mysql: ['pymysql', 'MySQLdb', 'aiomysql', 'asyncmy', 'mysql', 'mysqlclient', 'mysql-connector-python'],
  s3: ['minio', 's3fs'],
  mongodb: ['pymongo', 'motor', 'beanie', 'mongoengine', 'odmantic'],
  rabbitmq: ['pika', 'aio_pika', 'aio-pika', 'aioamqp'],
  kafka: ['kafka', 'aiokafka', 'confluent_kafka', 'kafka-python', 'confluent-kafka'],
};
/** Words in the names of variables that say where a companion is. */
const WORDS: Readonly<Record<Kind, readonly string[]>> = {
  redis: ['REDIS', 'VALKEY'],
  postgres: ['POSTGRES', 'POSTGRESQL', 'PG', 'PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD', 'DATABASE', 'DB'],
  mysql: ['MYSQL', 'DATABASE', 'DB'],
  s3: ['S3', 'AWS', 'BUCKET', 'MINIO'],
  mongodb: ['MONGO', 'MONGODB'],
  rabbitmq: ['RABBITMQ', 'RABBIT', 'AMQP'],
  kafka: ['KAFKA'],
};
const KINDS: readonly Kind[] = ['redis', 'postgres', 'mysql', 's3', 'mongodb', 'rabbitmq', 'kafka'];

export interface CompanionInput extends Running {
  readonly environment: readonly EnvironmentRead[];
}

export const companions = reader({
  id: 'python/behaviour/companions',
  about: 'Databases, caches and queues that the service talks to, by its clients and variables.',
  source: "the clients' own names on the package index",
  reads: ['**/*.py'],
  read(input: CompanionInput): readonly Fact<Companion>[] {
    return KINDS.flatMap((kind) => {
      const because = kind === 's3' ? (clientEvidence(kind, input) ?? boto(input)) : clientEvidence(kind, input);
      if (!because) return [];
      const variables = input.environment.filter((v) => v.name.split('_').some((w) => WORDS[kind].includes(w)));
      const value = { kind, variables: variables.map((v) => v.name), optional: isOptional(variables, because, input) };
      const evidence: readonly Evidence[] = variables.flatMap((v) => v.because.slice(0, 1));
      return [because.imported ? certain(value, because.at, ...evidence) : likely(value, because.at, ...evidence)];
    });
  },
});

interface Client {
  readonly at: Evidence;
  readonly imported: boolean;
  readonly guarded: boolean;
}

function clientEvidence(kind: Kind, { modules, requirements }: CompanionInput): Client | undefined {
  for (const module of modules)
    for (const site of sitesOf(module)) {
      const binding =
        site.statement.kind === 'import'
          ? site.statement.bindings.find((b) => b.level === 0 && CLIENTS[kind].includes(b.module.split('.')[0] ?? ''))
          : undefined;
      if (binding) return { at: module.file.at(site.statement), imported: true, guarded: isGuarded(site) };
    }
  const wanted = new Set(CLIENTS[kind].map((c) => c.replaceAll('_', '-').toLowerCase()));
  const requirement = requirements.find((r) => wanted.has(r.value.name) || r.value.extras.some((e) => wanted.has(e)));
  return requirement && { at: requirement.because[0], imported: false, guarded: false };
}

/** boto3 speaks to many services: `client('s3')` or `resource('s3')` decides. */
function boto({ modules }: CompanionInput): Client | undefined {
  for (const module of modules)
    for (const { call } of callsOf(module)) {
      const [first] = call.args;
      const makes = call.callee.kind === 'attribute' && ['client', 'resource', 'create_client'].includes(call.callee.name);
      if (makes && first?.value.kind === 'string' && first.value.value === 's3')
        return { at: module.file.at(call), imported: true, guarded: false };
    }
  return undefined;
}

/** The service works without it: nothing about it is required, and the source asks first whether it is there. */
function isOptional(variables: readonly EnvironmentRead[], client: Client, input: CompanionInput): boolean {
  if (variables.some((v) => v.required)) return false;
  if (client.guarded && variables.length === 0) return true;
  const names = new Set(variables.filter((v) => v.default === undefined || v.default === '').map((v) => v.name));
  return (
    names.size > 0 && testsOf(input).some(({ test, scope }) => [...within(test)].some((e) => names.has(evaluate(e, scope)?.variable ?? '')))
  );
}

/** Every test of an `if` and of a conditional expression. */
function testsOf({ modules, program }: CompanionInput): readonly { test: Expression; scope: Parameters<typeof evaluate>[1] }[] {
  return modules.flatMap((module) =>
    sitesOf(module).flatMap(({ statement: s, functions }) => {
      const scope = { module, program, functions };
      const branches = s.kind === 'if' ? s.branches.flatMap((b) => (b.test ? [b.test] : [])) : [];
      const value = (s.kind === 'assign' || s.kind === 'return' || s.kind === 'expression') && s.value ? [...within(s.value)] : [];
      const inline = value.flatMap((e) =>
        e.kind === 'conditional' ? [e.test] : e.kind === 'binary' && e.operator === 'and' ? [e.left] : [],
      );
      return [...branches, ...inline].map((test) => ({ test, scope }));
    }),
  );
}
