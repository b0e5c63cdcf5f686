import { inferred, UserError, type Because } from '../../base/index.ts';
import type { DependencySource, Service } from '../../service/index.ts';
import { applicationOf, becauseOf, configured, decision, detected, type Answer } from '../decision.ts';

export const server = decision({
  id: 'server',
  question: 'What serves the application?',
  choices: {
    uvicorn: 'ASGI; one process, quick, stops cleanly on SIGTERM',
    gunicorn: 'WSGI; worker processes under a master that restarts them',
    hypercorn: 'ASGI with HTTP/2',
    own: 'the program serves by itself',
  },
  why: 'A development server handles one request at a time, shows tracebacks to clients, or does not stop cleanly. Production wants a server that is made for it.',
  key: 'server',
  decide({ service, config }): Answer {
    if (config.command) return configured('own', 'the command in plimsoll.yaml', 'command');
    if (config.server !== undefined) return configured(config.server, `${config.server}, as plimsoll.yaml says`, 'server');
    if (service.start)
      return detected(serverIn(service.start.value), `as declared: ${service.start.value.join(' ')}`, ...service.start.because);
    const application = applicationOf(service);
    if (application.kind === 'script' || application.kind === 'module')
      return detected('own', 'the program serves by itself', ...becauseOf(service.application, inferred('server/own', 'a script')));
    const wanted = application.kind === 'asgi' ? ['uvicorn', 'hypercorn'] : ['gunicorn'];
    const present = service.python.requirements.find((r) => wanted.includes(r.value.name));
    if (present) return detected(present.value.name, `${present.value.name}, which is among the dependencies`, ...present.because);
    return added(service, application.kind === 'asgi' ? 'uvicorn' : 'gunicorn');
  },
});

/** The server that a declared start command runs. */
function serverIn(argv: readonly string[]): string {
  return ['gunicorn', 'uvicorn', 'hypercorn'].find((name) => argv.includes(name)) ?? 'own';
}

/** No server among the dependencies: Plimsoll adds one, unless a lock of the repository decides what is installed. */
function added(service: Service, name: string): Answer {
  const lock = lockOf(service);
  const because: Because = [
    inferred('server/added', `no production server among the dependencies: ${name} is added`),
    ...(service.application?.because ?? []),
  ];
  if (!lock) return { choice: name, says: `${name}, added: the dependencies have no production server`, because, decidedBy: 'default' };
  throw new UserError(
    'the lock has no production server for this application',
    lock.kind === 'requirements'
      ? `add \`${name}\` with its hashes to the requirements file`
      : `run \`${lock.kind === 'poetry.lock' ? 'poetry' : 'uv'} add ${name}\`, or set \`server: own\` in plimsoll.yaml`,
    { file: lock.kind === 'requirements' ? (lock.files[0] ?? 'requirements.txt') : lock.file },
  );
}

/** What decides exactly what is installed; undefined where nothing does. */
function lockOf({ python }: Service): DependencySource | undefined {
  const source = python.dependencies?.value;
  return source?.kind === 'pyproject' || (source?.kind === 'requirements' && !source.hashed) ? undefined : source;
}

/** Whether a server, default or configured, has to be added to what the repository installs. A lock may hold it without naming it at the top. */
export const isAdded = (service: Service, name: string): boolean =>
  name !== 'own' &&
  !service.start &&
  lockOf(service) === undefined &&
  !service.python.requirements.some(({ value }) => value.name === name);
