import { describe, expect, test } from 'vitest';
import { deniedIn, isErrorLine, lastWords, outwardFailure, readOnlyRefusals } from './log.ts';
import { namesVariable } from './named-variable.ts';
import { mountFor, writtenPaths } from './written.ts';

const lines = (...texts: string[]) =>
  texts.flatMap((text) => text.split('\n')).map((text, atMs) => ({ atMs, stream: 'stderr' as const, text }));

describe('severity', () => {
  test.each([
    'ERROR:    Application startup failed. Exiting.',
    '[2026-01-01 10:00:00 +0000] [7] [ERROR] Worker failed to boot.',
    '2026-01-01 10:00:00,123 - app.db - ERROR - no connection',
    '2026-01-01 10:00:00.123 | CRITICAL | app:main:3 - gone',
    'app.db ERROR no connection',
    'ERROR:root:no connection',
    '{"time": "x", "level": "error", "message": "no connection"}',
    'time=x level=fatal msg="gone"',
    '\u001B[2m2026-01-01T10:00:00Z\u001B[0m \u001B[31mERROR\u001B[0m app: gone',
    '2026/01/01 10:00:00 [error] 7#7: *1 open() "/srv/x" failed (2: No such file or directory)',
    '[Thu Jan 01 10:00:00.000000 2026] [core:crit] [pid 7] gone',
    '{"level":50,"time":1767261600000,"pid":1,"msg":"gone"}',
    'E0101 10:00:00.000000       1 main.go:12] gone',
    'panic: runtime error: index out of range [3] with length 3',
    '2026/01/01 10:00:00 http: panic serving 127.0.0.1:4242: gone',
    "thread 'main' panicked at src/main.rs:3:5:",
  ])('is an error: %s', (text) => expect(isErrorLine(text)).toBe(true));
  test.each([
    'INFO:     errors are logged to stderr, ERROR level',
    '127.0.0.1 - - "GET /error HTTP/1.1" 200 -',
    'INFO:app:LOG_LEVEL=ERROR',
    'WARNING: the last ERROR was long ago',
    'no error found',
    '{"level": "info", "message": "ERROR is a word"}',
    'Serving error pages from /srv',
    '2026-01-01 10:00:00,123 - app - INFO - retry after ERROR',
    '\u001B[32mINFO\u001B[0m errors go to ERROR',
    '2026/01/01 10:00:00 [notice] 1#1: start worker process 7, [error] log is stderr',
    '{"level":30,"msg":"listening","error":50}',
    'I0101 10:00:00.000000       1 main.go:12] E0101 is a code',
    'no panic: all is well',
    'GET /a [error] 200',
  ])('is none: %s', (text) => expect(isErrorLine(text)).toBe(false));
});

test('a closed network and a refused write are told by what programs print', () => {
  expect(
    outwardFailure(lines('start', 'redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.'))?.atMs,
  ).toBe(1);
  expect(outwardFailure(lines('socket.gaierror: [Errno -3] Temporary failure in name resolution'))).toBeDefined();
  expect(outwardFailure(lines('accepted a connection'))).toBeUndefined();
  expect(readOnlyRefusals(lines("OSError: [Errno 30] Read-only file system: '/app/data/x.db'", 'fine'))).toMatchObject([
    { path: '/app/data/x.db' },
  ]);
});

test('the last words of a service are no frames of a traceback', () => {
  expect(
    lastWords(
      lines(
        'Traceback (most recent call last):\n  File "/app/main.py", line 3, in <module>\n    import x\nModuleNotFoundError: No module named \'x\'\n',
      ),
    ),
  ).toBe("ModuleNotFoundError: No module named 'x'");
});

describe('a missing variable is named', () => {
  const frames =
    'Traceback (most recent call last):\n  File "/app/main.py", line 3, in <module>\n    url = os.environ["DATABASE_URL"]\n          ~~~~~~~~~~^^^^^^^^^^^^^^^^\n  File "<frozen os>", line 679, in __getitem__\n';
  test.each([
    ['clearly', 'cannot start: DATABASE_URL is not set'],
    ['clearly', 'database_url: set it'],
    ['clearly', `${frames}RuntimeError: DATABASE_URL must be set`],
    [
      'clearly',
      'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\npydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\ndatabase_url\n  Field required [type=missing, input_value={}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.9/v/missing',
    ],
    ['clearly', `${frames}django.core.exceptions.ImproperlyConfigured: Set the DATABASE_URL environment variable`],
    ['traceback', `${frames}KeyError: 'DATABASE_URL'`],
    [
      'traceback',
      'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n    x = env["DATABASE_URL"]\nTypeError: not subscriptable',
    ],
    [undefined, 'cannot start: a variable is not set'],
    [undefined, 'cannot start: MY_DATABASE_URL_2 is not set'],
    [undefined, `DATABASE_URL is not set\n${'more\n'.repeat(5)}`],
  ])('%s: %s', (how, log) => expect(namesVariable(lines(log), 'DATABASE_URL')).toBe(how));
});

test('written paths leave out what is declared, byte code, and the folders above what was written', () => {
  expect(
    writtenPaths(['/app', '/app/data', '/app/data/x.db', '/tmp/y', '/app/__pycache__/a.pyc', '/proc/1', '/var/lib/z'], ['/tmp']),
  ).toEqual(['/app/data/x.db', '/var/lib/z']);
  expect(mountFor('/app/data/x.db', '/app')).toBe('/app/data');
  expect(mountFor('/app/cache', '/app')).toBe('/app/cache');
  expect(mountFor('/app/x.db', '/app')).toBeUndefined();
  expect(mountFor('/x.db', '/app')).toBeUndefined();
  expect(mountFor('/var/lib/app/state', '/app', true)).toBe('/var/lib/app');
});

test.each([
  ['/data', "PermissionError: [Errno 13] Permission denied: '/data/x.db'"],
  ['/data', 'open /data/asked: permission denied'],
  ['/data', 'mkdir: cannot create directory /data: Permission denied'],
  ['/var/lib/x/', 'EACCES: permission denied, open "/var/lib/x/y"'],
  [undefined, 'open /database/asked: permission denied'],
  [undefined, 'open /srv/data/asked: permission denied'],
  [undefined, 'open /data/asked: no such file'],
])('a right is wanting in %s: %s', (folder, text) => expect(deniedIn(lines(text), ['/data', '/var/lib/x/'])).toBe(folder));
