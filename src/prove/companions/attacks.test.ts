import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryFiles } from '../../base/index.ts';
import { findOnPath, runProcess } from '../../base/node.ts';
import type { CompanionProgram, Container } from '../../run/index.ts';
import { openKit, whyNoContainers, type Kit } from '../../run/kit.testing.ts';
import { readService } from '../../service/index.ts';
import type { CompanionName } from './kinds.ts';
import { companionProgram } from './programs.ts';
import { companionsFor } from './wanted.ts';

const why = await whyNoContainers();
const psql = ['/usr/bin/psql', await findOnPath('psql')].find((it) => it !== undefined && existsSync(it));
const hasPostgres = existsSync('/usr/lib/postgresql') && psql !== undefined;
const hasRedis = (await findOnPath('redis-server')) !== undefined;
const hasMoto = (await findOnPath('moto_server')) !== undefined;

/** What a service may try that was given a companion, through the port that it is given. */
describe.skipIf(why !== undefined)('a service that turns on its companion', { timeout: 120_000 }, () => {
  let kit: Kit;
  beforeAll(async () => {
    kit = await openKit();
  });
  afterAll(() => kit.close());

  const programOf = async (name: CompanionName): Promise<CompanionProgram> => {
    const service = await readService(memoryFiles({ 'main.py': '' }), { folderName: 'service' });
    const [wanted] = companionsFor(service, { named: [name], variables: [], ports: [] }).wanted;
    return companionProgram(wanted!, service, []);
  };

  /** With a port of this machine that leads to the companion's. */
  async function beside(name: CompanionName, use: (port: number, container: Container) => Promise<void>): Promise<void> {
    const companion = await programOf(name);
    const host = await freePort();
    const options = { companions: [companion], publish: [{ host, container: companion.port }] };
    await kit.script('sleep 100', (container) => use(host, container), { options });
  }

  describe.skipIf(!hasPostgres)('PostgreSQL', () => {
    const run = async (port: number, sql: string, user = 'plimsoll', password = 'plimsoll', database = 'postgres') => {
      const url = `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
      const end = await runProcess({ argv: [psql!, '-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql, url] });
      return end.code === 0 ? end.stdout.trim() : end.stderr.trim();
    };

    test('lets it work: tables, schemas, databases, trusted extensions; and is there with its data after a stop', async () => {
      const shared = readFileSync('/proc/sysvipc/shm', 'utf8');
      await beside('postgres', async (port, container) => {
        expect(await run(port, 'CREATE SCHEMA own; CREATE TABLE own.t (n int); INSERT INTO own.t VALUES (42)')).toContain('INSERT 0 1');
        expect(await run(port, 'CREATE TABLE public.t (n serial PRIMARY KEY); DROP TABLE public.t')).toContain('DROP TABLE');
        expect(await run(port, 'CREATE EXTENSION pgcrypto')).toBe('CREATE EXTENSION');
        expect(await run(port, 'CREATE DATABASE more')).toBe('CREATE DATABASE');
        expect(await run(port, 'CREATE TABLE t (n int)', 'plimsoll', 'plimsoll', 'more')).toBe('CREATE TABLE');
        await container.companion('postgres').stop();
        expect(await run(port, 'SELECT 1')).toMatch(/connection|closed/i);
        await container.companion('postgres').start();
        await expect.poll(() => run(port, 'SELECT n FROM own.t'), { timeout: 20_000 }).toBe('42');
      });
      expect(readFileSync('/proc/sysvipc/shm', 'utf8')).toBe(shared);
    });

    test('is no way to a program or a file of this machine', async () => {
      const denied = /permission denied|must be superuser|must have privileges|only superuser|not allowed|must have admin option/i;
      await beside('postgres', async (port) => {
        expect(
          await run(
            port,
            'SELECT count(*) FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)',
          ),
        ).toBe('0');
        for (const sql of [
          `COPY (SELECT 1) TO PROGRAM 'touch /tmp/owned'`,
          `CREATE TABLE p (t text); COPY p FROM PROGRAM 'id'`,
          `COPY (SELECT 1) TO '/tmp/owned'`,
          `CREATE TABLE q (t text); COPY q FROM '/etc/passwd'`,
          `SELECT pg_read_file('/etc/passwd')`,
          `SELECT pg_read_binary_file('data/pg_hba.conf')`,
          `SELECT pg_ls_dir('/')`,
          `SELECT pg_stat_file('/etc/passwd')`,
          `SELECT lo_import('/etc/passwd')`,
          `SELECT lo_export(lo_from_bytea(0, 'x'), '/tmp/owned')`,
          `CREATE FUNCTION sys(cstring) RETURNS int AS '/lib/x86_64-linux-gnu/libc.so.6', 'system' LANGUAGE c STRICT`,
          `CREATE EXTENSION file_fdw`,
          `CREATE EXTENSION adminpack`,
          `CREATE EXTENSION dblink`,
          `CREATE EXTENSION postgres_fdw`,
          `ALTER SYSTEM SET archive_command = 'touch /tmp/owned'`,
          `ALTER ROLE plimsoll SUPERUSER`,
          `CREATE ROLE other SUPERUSER`,
          `SET ROLE plimsoll_owner`,
          `SET SESSION AUTHORIZATION plimsoll_owner`,
          `GRANT pg_execute_server_program TO plimsoll`,
          `SET session_preload_libraries = 'auto_explain'`,
          `ALTER DATABASE postgres SET dynamic_library_path = '/tmp'`,
          `SELECT pg_reload_conf()`,
          `CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p`,
        ])
          expect(await run(port, sql), sql).toMatch(denied);
        expect(await run(port, `LOAD '/usr/lib/x86_64-linux-gnu/libc.so.6'`)).toMatch(/not allowed/);
        expect(await run(port, 'CREATE EXTENSION plpython3u')).toMatch(/permission denied|not available/);
        expect(await run(port, 'SELECT 42')).toBe('42');
      });
    });

    test('knows one user, by its password, and no superuser at all', async () => {
      await beside('postgres', async (port) => {
        expect(await run(port, 'SELECT 1', 'plimsoll', 'guessed')).toContain('password authentication failed');
        for (const user of ['plimsoll_owner', 'postgres', 'root'])
          expect(await run(port, 'SELECT 1', user)).toMatch(/no pg_hba.conf entry/);
      });
    });
  });

  describe.skipIf(!hasRedis)('Redis', () => {
    test('lets it work: keys, lists, scripts, messages, what clients ask of the server', async () => {
      await beside('redis', async (port) => {
        const ask = (...words: string[]): Promise<string> => askRedis(port, words);
        expect(await ask('PING')).toBe('+PONG');
        expect(await ask('SET', 'a', '1')).toBe('+OK');
        expect(await ask('INCR', 'a')).toBe(':2');
        expect(await ask('EVAL', `return redis.call('INCR', KEYS[1])`, '1', 'a')).toBe(':3');
        expect(await ask('PUBLISH', 'news', 'x')).toBe(':0');
        expect(await ask('CLIENT', 'SETNAME', 'service')).toBe('+OK');
        for (const words of [['INFO'], ['CONFIG', 'GET', 'maxmemory'], ['KEYS', '*'], ['SCAN', '0'], ['FLUSHDB']])
          expect(await ask(...words), words.join(' ')).not.toMatch(/^-/);
      });
    });

    test('writes no file, loads no module, follows no other server, changes no setting, also by a script', async () => {
      await beside('redis', async (port) => {
        for (const line of [
          'CONFIG SET dir /tmp',
          'CONFIG SET dbfilename owned',
          'CONFIG REWRITE',
          'MODULE LOAD /tmp/x.so',
          'MODULE LIST',
          'DEBUG SLEEP 0',
          'DEBUG RELOAD',
          'SLAVEOF 127.0.0.1 1',
          'REPLICAOF 127.0.0.1 1',
          'MIGRATE 127.0.0.1 1 a 0 10',
          'RESTORE a 0 x',
          'SAVE',
          'BGSAVE',
          'BGREWRITEAOF',
          'SHUTDOWN',
          'ACL SETUSER other on nopass +@all ~*',
          'ACL LOAD',
          'PSYNC ? -1',
          'FAILOVER',
          'CLUSTER MEET 127.0.0.1 1',
        ])
          expect(await askRedis(port, line.split(' ')), line).toMatch(
            /^-(NOPERM|ERR (MODULE|DEBUG) command not allowed|ERR This instance has cluster support disabled)/,
          );
        for (const line of [`'CONFIG', 'SET', 'dir', '/tmp'`, `'SAVE'`, `'REPLICAOF', '127.0.0.1', '1'`])
          expect(await askRedis(port, ['EVAL', `return redis.call(${line})`, '0']), line).toMatch(/^-/);
        expect(await askRedis(port, ['EVAL', `return io.open('/etc/passwd'):read()`, '0'])).toMatch(/^-/);
        expect(await askRedis(port, ['PING'])).toBe('+PONG');
      });
    });

    test('does not outgrow its memory', async () => {
      await beside('redis', async (port) => {
        const answers: string[] = [];
        for (let i = 0; i < 700; i += 50)
          answers.push(
            await askRedis(port, ['EVAL', `for i = 1, 50 do redis.call('SETRANGE', 'k${i}' .. i, 1048575, 'x') end return 1`, '0']),
          );
        expect(answers.at(0)).toBe(':1');
        expect(answers.at(-1)).toMatch(/^-OOM/);
      });
    });
  });

  test.skipIf(!hasMoto)('moto keeps objects, and starts no program and writes no file for it', async () => {
    const here = new Set(readdirSync(process.cwd()));
    await beside('moto', async (port) => {
      const url = `http://127.0.0.1:${port}`;
      const auth = (service: string) =>
        `AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=x`;
      expect((await fetch(`${url}/mine`, { method: 'PUT' })).status).toBe(200);
      expect((await fetch(`${url}/mine/a`, { method: 'PUT', body: 'kept' })).status).toBe(200);
      expect(await (await fetch(`${url}/mine/a`, { headers: { authorization: auth('s3') } })).text()).toBe('kept');
      expect(await (await fetch(`${url}/mine/..%2f..%2f..%2fetc%2fpasswd`)).text()).not.toContain('companion:');
      // What is recorded goes to a file of its working folder.
      await fetch(`${url}/moto-api/recorder/start-recording`, { method: 'POST' });
      await fetch(`${url}/mine/b`, { method: 'PUT', body: 'x' });
      // A function of Lambda runs in Docker: none can be reached.
      const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex').toString('base64');
      await fetch(`${url}/2015-03-31/functions`, {
        method: 'POST',
        headers: { authorization: auth('lambda') },
        body: JSON.stringify({
          FunctionName: 'f',
          Runtime: 'python3.12',
          Role: 'arn:aws:iam::123456789012:role/r',
          Handler: 'a.b',
          Code: { ZipFile: zip },
        }),
      });
      const called = await fetch(`${url}/2015-03-31/functions/f/invocations`, {
        method: 'POST',
        headers: { authorization: auth('lambda') },
        body: '{}',
      });
      const text = await called.text();
      expect(called.headers.get('x-amz-function-error') !== null || called.status >= 400, `${called.status} ${text}`).toBe(true);
    });
    expect(readdirSync(process.cwd()).filter((name) => !here.has(name))).toEqual([]);
  });
});

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** One command and the first line of its answer: redis.io, "RESP protocol spec". */
const askRedis = (port: number, words: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').once('error', reject);
    socket.on('data', (more: string) => {
      text += more;
      if (!text.includes('\r\n')) return;
      socket.destroy();
      resolve(text.split('\r\n')[0] ?? '');
    });
    socket.on('close', () => resolve(text));
    socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
  });
