import { compare } from '@renovatebot/pep440';
import type { Service } from '../service/index.ts';
import { applicationOf, type Context } from './decision.ts';
import { ADDED_VERSIONS } from './installers.ts';

/** The start command, exec form. */
export function commandOf(context: Context): string[] {
  const { config, service, decided } = context;
  if (config.command) return [...config.command];
  const port = decided['port']?.choice ?? '';
  // No shell in the image expands `$PORT`: the number that was decided stands in its place.
  if (service.start) return withInterpreter(service.start.value.map((word) => word.replaceAll(/\$\{PORT(:-[^}]*)?\}|\$PORT\b/g, port)));
  const application = applicationOf(service);
  if (application.kind === 'script') return ['python3', application.file];
  if (application.kind === 'console') return [application.script];
  if (application.kind === 'module')
    return ['python3', '-m', application.module, ...(application.arguments ?? []).map((word) => word.replace('{port}', port))];
  const target = `${application.module}:${application.object}`;
  const workers = decided['workers']?.choice ?? '1';
  switch (decided['server']?.choice) {
    case 'gunicorn':
      return gunicorn(application.factory ? `${target}()` : target, port, workers, isAtLeast(service, 'gunicorn', CONTROL_SOCKET_SINCE));
    case 'hypercorn':
      return [
        'python3',
        '-m',
        'hypercorn',
        '--bind',
        `0.0.0.0:${port}`,
        ...(workers === '1' ? [] : ['--workers', workers]),
        ...(application.factory ? [`${target}()`] : [target]),
      ];
    case 'uwsgi':
      return uwsgi(application.factory ? `${target}()` : target, port, workers);
    case 'own':
      // By its module's name, so that the folder above its package is searched and not its own.
      return application.module.includes('.') && !application.file.endsWith('/__init__.py')
        ? ['python3', '-m', application.module]
        : ['python3', application.file];
    default:
      return [
        'python3',
        '-m',
        'uvicorn',
        target,
        ...(application.factory ? ['--factory'] : []),
        '--host',
        '0.0.0.0',
        '--port',
        port,
        ...(workers === '1' ? [] : ['--workers', workers]),
      ];
  }
}

/** The gunicorn that first has --no-control-socket (its manual, "Settings", control_socket_disable). */
const CONTROL_SOCKET_SINCE = '25.1.0';

/**
 * `/dev/shm` for the heartbeat: a disk may stall it (gunicorn FAQ, "How do I avoid Gunicorn excessively blocking in
 * os.fchmod?"). No control socket, where gunicorn would make one: it lies in the home folder, which is not written to.
 */
function gunicorn(target: string, port: string, workers: string, hasControlSocket: boolean): string[] {
  return [
    'python3',
    '-m',
    'gunicorn',
    '--bind',
    `0.0.0.0:${port}`,
    '--workers',
    workers,
    '--worker-tmp-dir',
    '/dev/shm',
    ...(hasControlSocket ? ['--no-control-socket'] : []),
    '--access-logfile',
    '-',
    target,
  ];
}

/**
 * Whether the version of a package that is installed is no older: the locked one; else the newest, where nothing bounds it
 * from above; else the oldest that may be (PEP 440, "Version specifiers").
 */
function isAtLeast(service: Service, name: string, version: string): boolean {
  const found = service.python.requirements.find(({ value }) => value.name === name)?.value;
  const newest = `==${ADDED_VERSIONS[name] ?? ''}`;
  const written = found?.locked === undefined ? (found?.specifier ?? newest) : `==${found.locked}`;
  const named = /[<=~!]/.test(written.replaceAll('>=', '')) ? written : newest;
  const bounds = [...named.matchAll(/(?:===?|~=|>=?)\s*v?(\d+(?:\.\d+)*)/g)].map(([, bound = '']) => bound);
  return bounds.some((bound) => compare(bound, version) >= 0);
}

/** Without --die-on-term uWSGI takes SIGTERM for a reload (its documentation, "Things to know"); --need-app: no application, no start. */
const uwsgi = (target: string, port: string, workers: string): string[] => [
  'uwsgi',
  '--http',
  `:${port}`,
  '--module',
  target,
  '--master',
  '--workers',
  workers,
  '--enable-threads',
  '--die-on-term',
  '--need-app',
];

/** A declared `python` is the image's interpreter; console scripts are found on PATH. */
export function withInterpreter(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  return first === 'python' ? ['python3', ...rest] : [...argv];
}
