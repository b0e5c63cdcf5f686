import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryFiles } from '../../base/index.ts';
import { findOnPath } from '../../base/node.ts';
import { openKit, whyNoContainers, type Kit } from '../../run/kit.testing.ts';
import { readService } from '../../service/index.ts';
import type { CompanionName } from './kinds.ts';
import { companionProgram, companionValues } from './programs.ts';
import { companionsFor, type Wanted } from './wanted.ts';

const serviceOf = (source: string, requirements: string) =>
  readService(memoryFiles({ 'main.py': `import os\n${source}`, 'requirements.txt': requirements }), { folderName: 'service' });

/** Those that plimsoll.yaml names. */
const named = async (names: readonly CompanionName[]): Promise<readonly Wanted[]> =>
  companionsFor(await serviceOf('', ''), { named: names, variables: [], ports: [] }).wanted;

describe('the variables of a service', () => {
  const valuesOf = async (names: readonly CompanionName[], source: string, requirements: string) =>
    companionValues(await serviceOf(source, requirements), await named(names));

  test('say where PostgreSQL is, whole or in parts, with the driver that its default names', async () => {
    const source = `import psycopg
DATABASE_URL = os.getenv("DATABASE_URL")
WRITER = os.getenv("DB_DSN", "postgresql+asyncpg://localhost/x")
PARTS = [os.getenv(n) for n in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "POSTGRES_DB", "DB_NAME", "DB_POOL_SIZE")]
`;
    expect(await valuesOf(['postgres'], source, 'psycopg\n')).toEqual({
      DATABASE_URL: 'postgresql://plimsoll:plimsoll@127.0.0.1:5432/postgres',
      DB_DSN: 'postgresql+asyncpg://plimsoll:plimsoll@127.0.0.1:5432/postgres',
      DB_NAME: 'postgres',
      PGDATABASE: 'postgres',
      PGHOST: '127.0.0.1',
      PGPASSWORD: 'plimsoll',
      PGPORT: '5432',
      PGUSER: 'plimsoll',
      POSTGRES_DB: 'postgres',
    });
  });

  test('that fit two companions belong to the first', async () => {
    const source = 'import redis, psycopg\nos.getenv("REDIS_DB")\nos.getenv("REDIS_URL")\nos.getenv("DATABASE_URL")\n';
    expect(Object.keys(await valuesOf(['postgres'], source, ''))).toEqual(['DATABASE_URL']);
    expect(Object.keys(await valuesOf(['postgres', 'redis'], source, ''))).toEqual(['REDIS_URL', 'DATABASE_URL']);
  });

  test('say where moto is, with keys that it takes, and name a bucket where the service has none', async () => {
    const source =
      'import boto3\nboto3.client("s3", endpoint_url=os.getenv("S3_ENDPOINT"))\nos.environ["S3_BUCKET"]\nos.getenv("LOG_BUCKET", "logs")\n';
    expect(await valuesOf(['moto'], source, '')).toEqual({
      AWS_ACCESS_KEY_ID: 'plimsoll',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_REGION: 'us-east-1',
      AWS_SECRET_ACCESS_KEY: 'plimsoll',
      S3_BUCKET: 'plimsoll',
      S3_ENDPOINT: 'http://127.0.0.1:4566',
    });
  });

  test('are left alone without the companion', async () => {
    expect(await valuesOf(['redis'], 'import psycopg\nos.getenv("DATABASE_URL")\n', '')).toEqual({});
  });
});

const why = await whyNoContainers();
const hasMoto = (await findOnPath('moto_server')) !== undefined;

describe.skipIf(why !== undefined)('beside the service', () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
  });
  afterAll(() => kit.close());

  test.skipIf(!hasMoto)('moto has the buckets that the service knows', async () => {
    const source = 'import boto3\nboto3.client("s3")\nos.environ["S3_BUCKET"]\nos.getenv("LOG_BUCKET", "logs")\n';
    const program = companionProgram((await named(['moto']))[0]!, await serviceOf(source, ''), [
      { name: 'S3_BUCKET', value: 'mine', from: 'config' },
    ]);
    expect(program.asked?.map(({ path }) => path).toSorted()).toEqual(['/logs', '/mine']);
    await kit.script(
      'for each in logs mine other; do wget -q -O - http://127.0.0.1:4566/$each >/dev/null; echo $each $?; done; sleep 60',
      async (container) => {
        expect(await container.waitForLog(({ text }) => text.startsWith('other'), 20_000)).toBeDefined();
        expect(container.logs().map(({ text }) => text)).toEqual(expect.arrayContaining(['logs 0', 'mine 0', 'other 1']));
      },
      { options: { companions: [program] } },
    );
  });
});
