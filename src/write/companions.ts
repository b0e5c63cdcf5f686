import type { ContractVariable, Plan } from '../plan/index.ts';

type Companion = Plan['service']['companions'][number]['value'];
export type CompanionKind = Companion['kind'];

/** A program that the service talks to, as compose starts it. Images hold their major version: fixes arrive with a pull. */
export interface CompanionImage {
  readonly image: string;
  readonly port: number;
  /** Before `://`. */
  readonly scheme: string;
  /** Has accounts: the name of the variable that holds the password, where the service reads none. */
  readonly password?: string;
  /** Variables of the image; `PASSWORD` is put in. */
  readonly environment: Readonly<Record<string, string>>;
  /** Exec form, as its makers document it. */
  readonly test: readonly string[];
  /** Where it keeps its data. */
  readonly data?: string;
  /** Where in the address the database is: `/app`. */
  readonly path: string;
}

const PASSWORD = '${PASSWORD}';

export const COMPANION_IMAGES: Readonly<Record<CompanionKind, CompanionImage>> = {
  redis: {
    image: 'redis:7-alpine',
    port: 6379,
    scheme: 'redis',
    environment: {},
    test: ['redis-cli', 'ping'],
    data: '/data',
    path: '/0',
  },
  postgres: {
    image: 'postgres:17-alpine',
    port: 5432,
    scheme: 'postgresql',
    password: 'POSTGRES_PASSWORD',
    environment: { POSTGRES_USER: 'app', POSTGRES_DB: 'app', POSTGRES_PASSWORD: PASSWORD },
    test: ['pg_isready', '--username=app', '--dbname=app'],
    data: '/var/lib/postgresql/data',
    path: '/app',
  },
  mysql: {
    image: 'mysql:8.4',
    port: 3306,
    scheme: 'mysql',
    password: 'MYSQL_PASSWORD',
    environment: { MYSQL_USER: 'app', MYSQL_DATABASE: 'app', MYSQL_RANDOM_ROOT_PASSWORD: 'yes', MYSQL_PASSWORD: PASSWORD },
    // Over TCP: while it sets itself up it listens on its socket only.
    test: ['mysqladmin', 'ping', '--host=127.0.0.1'],
    data: '/var/lib/mysql',
    path: '/app',
  },
  mongodb: {
    image: 'mongo:8.0',
    port: 27_017,
    scheme: 'mongodb',
    environment: {},
    test: ['mongosh', '--quiet', '--eval', "db.adminCommand('ping').ok"],
    data: '/data/db',
    path: '/app',
  },
  rabbitmq: {
    image: 'rabbitmq:4-alpine',
    port: 5672,
    scheme: 'amqp',
    password: 'RABBITMQ_PASSWORD',
    environment: { RABBITMQ_DEFAULT_USER: 'app', RABBITMQ_DEFAULT_PASS: PASSWORD },
    test: ['rabbitmq-diagnostics', '--quiet', 'ping'],
    data: '/var/lib/rabbitmq',
    path: '/',
  },
  kafka: {
    image: 'apache/kafka:4.0.0',
    port: 9092,
    scheme: 'kafka',
    // Its own default tells clients to come to localhost; whoever sets one of these has to set them all.
    environment: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    },
    test: ['/opt/kafka/bin/kafka-broker-api-versions.sh', '--bootstrap-server', 'localhost:9092'],
    path: '',
  },
  // A stand-in: it forgets everything when it stops.
  s3: {
    image: 'motoserver/moto:5.2.2',
    port: 5000,
    scheme: 'http',
    environment: {},
    test: ['python', '-c', "import socket; socket.create_connection(('127.0.0.1', 5000), 3).close()"],
    path: '',
  },
};

export interface CompanionSettings {
  /** Variables of the service that say where the companions are, as compose writes them. */
  readonly values: ReadonlyMap<string, string>;
  /** The variable in the file of variables that holds the password of each that has one. */
  readonly passwords: ReadonlyMap<CompanionKind, string>;
}

/** What the service is told about its companions. A variable that fits two belongs to the first. */
export function companionSettings(plan: Plan): CompanionSettings {
  const values = new Map<string, string>();
  const passwords = new Map<CompanionKind, string>();
  const known = new Map(plan.contract.environment.filter((each) => each.value === undefined).map((each) => [each.name, each]));
  for (const { value } of plan.service.companions) {
    const image = COMPANION_IMAGES[value.kind];
    const own = value.variables.filter((name) => known.has(name) && !values.has(name));
    const secret = image.password && (own.find((name) => /(PASSWORD|PASS)$/i.test(name)) ?? image.password);
    if (secret !== undefined) passwords.set(value.kind, secret);
    for (const name of own) {
      const told = valueFor(known.get(name), value.kind, secret);
      if (told !== undefined) values.set(name, told);
    }
    if (value.kind === 's3') for (const [name, told] of Object.entries(S3)) if (!values.has(name)) values.set(name, told);
  }
  return { values, passwords };
}

/** boto3 reads these by itself (AWS_ENDPOINT_URL from 1.28.0 on); moto takes any key. */
const S3: Readonly<Record<string, string>> = {
  AWS_ENDPOINT_URL: 'http://s3:5000',
  AWS_ACCESS_KEY_ID: '${AWS_ACCESS_KEY_ID:-stand-in}',
  AWS_SECRET_ACCESS_KEY: '${AWS_SECRET_ACCESS_KEY:-stand-in}',
  AWS_REGION: '${AWS_REGION:-us-east-1}',
  AWS_DEFAULT_REGION: '${AWS_REGION:-us-east-1}',
};

/** By the last word of its name; undefined where the companion does not settle it. */
function valueFor(variable: ContractVariable | undefined, kind: CompanionKind, secret: string | undefined): string | undefined {
  const { port, scheme, path } = COMPANION_IMAGES[kind];
  const name = variable?.name.toUpperCase() ?? '';
  if (kind === 's3') return /ENDPOINT(_URL)?$/.test(name) ? 'http://s3:5000' : undefined;
  if (/(_SERVERS?|BROKERS?)$/.test(name) && kind === 'kafka') return `kafka:${port}`;
  if (/(_HOST|_HOSTNAME|_SERVER|_ADDR|PGHOST)$/.test(name)) return kind;
  if (/(_PORT|PGPORT)$/.test(name)) return String(port);
  if (secret !== undefined && variable?.name === secret) return `\${${secret}:?set it in .env}`;
  if (secret !== undefined && /(_USER|_USERNAME|PGUSER|_NAME|_DB|_DATABASE|PGDATABASE)$/.test(name)) return 'app';
  if (!/(_URL|_URI|_DSN)$/.test(name) && variable?.type !== 'url') return undefined;
  const login = secret === undefined ? '' : `app:\${${secret}:?set it in .env}@`;
  return `${schemeOf(variable?.default, kind) ?? scheme}://${login}${kind}:${port}${path}`;
}

/** The driver that the service's own default names: `postgresql+asyncpg`. */
function schemeOf(text: string | undefined, kind: CompanionKind): string | undefined {
  const found = /^([a-z][a-z0-9+.-]*):\/\//.exec(text ?? '')?.[1];
  return found?.startsWith(COMPANION_IMAGES[kind].scheme) ? found : undefined;
}
