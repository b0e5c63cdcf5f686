import { describe, expect, test } from 'vitest';
import { cite, memoryFiles } from '../../base/index.ts';
import { readService, type Service } from '../../service/index.ts';
import { companionValues } from './programs.ts';
import { companionsFor, type Said } from './wanted.ts';

const NOTHING: Said = { variables: [], ports: [] };
const SOURCE = `import os, psycopg, redis
DATABASE_URL = os.environ["DATABASE_URL"]
REDIS = redis.Redis.from_url(os.environ["REDIS_URL"])
`;
const serviceOf = (compose: string, source = SOURCE, more: Readonly<Record<string, string>> = {}): Promise<Service> =>
  readService(memoryFiles({ 'main.py': source, 'requirements.txt': 'psycopg\nredis\n', 'compose.yaml': compose, ...more }), {
    folderName: 'service',
  });

const COMPOSE = `x-db: &db
  POSTGRES_USER: orders
  POSTGRES_PASSWORD: "it's \${DB_SECRET:-quiet}"
services:
  web:
    build: .
    environment:
      DATABASE_URL: postgresql+asyncpg://orders:it%27s%20quiet@db:5432/shop
      REDIS_URL: redis://:\${CACHE_PASSWORD}@cache:6380/2
      DEBUG: "1"
    depends_on:
      db: { condition: service_healthy }
  db:
    image: postgres:16-alpine
    environment: { <<: *db, POSTGRES_DB: shop }
    volumes: ["./init:/docker-entrypoint-initdb.d:ro"]
  cache:
    image: valkey/valkey:8
    command: valkey-server --port 6380 --requirepass \${CACHE_PASSWORD:?set it in .env}
  mails:
    image: mailhog
`;

describe('a compose file beside the service', () => {
  test('says what stands there: by its image, its variables and its command, and where that is written', async () => {
    const { wanted, left } = companionsFor(await serviceOf(COMPOSE), NOTHING);
    expect(wanted).toMatchObject([
      { name: 'postgres', port: 5432, hosts: ['db'], login: { user: 'orders', password: "it's quiet", database: 'shop' }, filled: true },
      { name: 'redis', port: 6380, hosts: ['cache'], password: 'plimsoll' },
    ]);
    expect(wanted.map(({ because }) => cite(because[0]))).toEqual([
      'compose.yaml:14: postgres:16-alpine',
      'compose.yaml:18: valkey/valkey:8',
    ]);
    expect(left).toEqual([]);
  });

  test('gives the service its values for them, filled in as on the other side, and no others', async () => {
    const service = await serviceOf(COMPOSE);
    expect(companionValues(service, companionsFor(service, NOTHING).wanted)).toEqual({
      DATABASE_URL: 'postgresql+asyncpg://orders:it%27s%20quiet@db:5432/shop',
      REDIS_URL: 'redis://:plimsoll@cache:6380/2',
    });
    const example = await serviceOf(COMPOSE, SOURCE, { '.env.example': 'CACHE_PASSWORD=from-example\n' });
    const { wanted } = companionsFor(example, NOTHING);
    expect(wanted[1]?.password).toBe('from-example');
    expect(companionValues(example, wanted)['REDIS_URL']).toBe('redis://:from-example@cache:6380/2');
  });

  test('what the service neither waits for nor names is left alone', async () => {
    const { wanted, left } = companionsFor(
      await serviceOf(COMPOSE.replace('db: { condition: service_healthy }', 'mails: {}').replaceAll('@db:', '@there:'), 'print(1)'),
      NOTHING,
    );
    expect(wanted.map(({ name }) => name)).toEqual(['redis']);
    expect(left).toMatchObject([
      { name: 'mails', why: 'no program of this machine stands for `mailhog`', remedy: expect.stringContaining('prove: {doubles:') },
    ]);
  });

  test('a login that its variables leave open is that of the service’s own address', async () => {
    const text =
      'services:\n  web:\n    build: .\n    environment:\n      - DATABASE_URL=postgresql://app:word@db/x\n  db:\n    image: postgres\n';
    const [postgres] = companionsFor(await serviceOf(text), NOTHING).wanted;
    expect(postgres?.login).toEqual({ user: 'app', password: 'word', database: 'x' });
  });

  test('plimsoll.yaml decides where it names any, also none; a compose file then still says how', async () => {
    const service = await serviceOf(COMPOSE);
    expect(companionsFor(service, { ...NOTHING, named: [] })).toEqual({ wanted: [], left: [] });
    const { wanted } = companionsFor(service, { ...NOTHING, named: ['postgres'] });
    expect(wanted).toMatchObject([{ name: 'postgres', hosts: ['db'], login: { user: 'orders' } }]);
    expect(wanted[0]?.because.map(cite).slice(0, 2)).toEqual(['plimsoll.yaml: prove.companions', 'compose.yaml:14: postgres:16-alpine']);
  });
});

describe('without a compose file', () => {
  test('what the source imports a client of and cannot do without stands beside it, unless a person has settled it', async () => {
    const service = await serviceOf('services: {}\n');
    expect(companionsFor(service, NOTHING).wanted.map(({ name }) => name)).toEqual(['redis', 'postgres']);
    expect(companionsFor(service, { ...NOTHING, variables: ['REDIS_URL'] }).wanted.map(({ name }) => name)).toEqual(['postgres']);
    expect(companionsFor(service, { ...NOTHING, ports: [5432] })).toMatchObject({
      wanted: [{ name: 'redis' }],
      left: [{ name: 'postgres', why: 'port 5432 is taken in the service’s network' }],
    });
  });

  test('what no program stands for is said, with the line to add', async () => {
    const service = await serviceOf('services: {}\n', 'import pymongo, os\nos.environ["MONGO_URL"]\n');
    expect(companionsFor(service, NOTHING).left).toMatchObject([{ name: 'mongodb', remedy: expect.stringContaining('prove: {doubles:') }]);
  });
});
