import { inferred, inFile, UserError, type Because } from '../../base/index.ts';
import type { Service } from '../../service/index.ts';
import { applicationOf, becauseOf, configured, decision, detected, type Answer, type Context } from '../decision.ts';
import { ADDS, isLocked } from '../installers.ts';

export const server = decision({
  id: 'server',
  question: 'What serves the application?',
  choices: {
    uvicorn: 'ASGI; one process, quick, stops cleanly on SIGTERM',
    gunicorn: 'WSGI; worker processes under a master that restarts them',
    hypercorn: 'ASGI with HTTP/2',
    uwsgi: 'WSGI; many features; there is only source, so a Dockerfile must compile it',
    own: 'the program serves by itself',
  },
  why: 'A development server handles one request at a time, shows tracebacks to clients, or does not stop cleanly. Production wants a server that is made for it.',
  key: 'server',
  decide({ service, config }): Answer {
    if (config.command) return configured('own', 'the command in plimsoll.yaml', 'command');
    if (config.server !== undefined) {
      if (addedServers({ service, config, decided: {} }, config.server).length > 0) refuseWhenLocked(service, config.server);
      return configured(config.server, `${config.server}, as plimsoll.yaml says`, 'server');
    }
    if (service.start)
      return detected(serverIn(service.start.value), `as declared: ${service.start.value.join(' ')}`, ...service.start.because);
    const application = applicationOf(service);
    if (application.kind !== 'asgi' && application.kind !== 'wsgi')
      return detected('own', 'the program serves by itself', ...becauseOf(service.application, inferred('server/own', 'a script')));
    const wanted = application.kind === 'asgi' ? ['uvicorn', 'hypercorn'] : ['gunicorn'];
    const present = service.python.requirements.find((r) => wanted.includes(r.value.name));
    if (present) return detected(present.value.name, `${present.value.name}, which is among the dependencies`, ...present.because);
    const own = servesItself(service, application.file);
    if (own) return detected('own', `the program serves by itself, with ${own.module}`, inFile(own.file, own.range, own.dotted));
    return added(service, application.kind === 'asgi' ? 'uvicorn' : 'gunicorn');
  },
});

/** Servers for production that a program calls as a library (their manuals), and few start by a command. */
const LIBRARIES = new Set(['waitress', 'cheroot', 'bjoern', 'granian']);

/** The import of such a server in the application's own file. */
const servesItself = ({ imports }: Service, file: string): Service['imports'][number] | undefined =>
  imports.find((each) => each.file === file && LIBRARIES.has(each.module));

/** The server that a declared start command runs. */
function serverIn(argv: readonly string[]): string {
  return ['gunicorn', 'uvicorn', 'hypercorn', 'uwsgi'].find((name) => argv.includes(name)) ?? 'own';
}

/** No server among the dependencies: Plimsoll adds one, unless a lock of the repository decides what is installed. */
function added(service: Service, name: string): Answer {
  refuseWhenLocked(service, name);
  const because: Because = [
    inferred('server/added', `no production server among the dependencies: ${name} is added`),
    ...(service.application?.because ?? []),
  ];
  return { choice: name, says: `${name}, added: the dependencies have no production server`, because, decidedBy: 'default' };
}

/** Distributions that bring a server, where its name is not the only one. */
const DISTRIBUTIONS: Readonly<Record<string, readonly string[]>> = { uwsgi: ['uwsgi', 'pyuwsgi'] };

/** The server, where it is needed and the dependencies do not name it. */
export function addedServers(
  context: Pick<Context, 'service' | 'config' | 'decided'>,
  name = context.decided['server']?.choice ?? '',
): string[] {
  const { service, config } = context;
  if (config.command || (config.server === undefined && service.start) || name === 'own' || name === '') return [];
  const names = DISTRIBUTIONS[name] ?? [name];
  return service.python.requirements.some(({ value }) => names.includes(value.name)) ? [] : [name];
}

function refuseWhenLocked(service: Service, name: string): void {
  const source = service.python.dependencies;
  if (!source || !isLocked(source.value)) return;
  throw new UserError(
    `the lock has no ${name}, which is to serve this application`,
    source.value.kind === 'requirements'
      ? `add \`${name}\` with its hashes to the requirements file`
      : `run \`${ADDS[source.value.kind]} ${name}\`, or set \`server: own\` in plimsoll.yaml`,
    { file: source.value.kind === 'requirements' ? (source.value.files[0] ?? 'requirements.txt') : source.value.file },
  );
}
