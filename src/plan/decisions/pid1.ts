import { inferred } from '../../base/index.ts';
import { byDefault, chosen, configured, decision, detected, type Answer } from '../decision.ts';
import { isImage } from '../suites.ts';

export const pid1 = decision({
  id: 'pid1',
  question: 'Who is PID 1?',
  choices: {
    server: 'nothing extra; it must handle SIGTERM itself and reap what it starts',
    tini: 'reaps orphans and passes signals on for any program; one more package',
    'dumb-init': 'as tini, and signals the whole process group',
  },
  why: 'The kernel gives PID 1 no default signal actions and makes it the parent of every orphan (pid_namespaces(7)). A program that starts others and does not expect this collects zombies.',
  key: 'pid1',
  decide(context): Answer {
    const { config, service } = context;
    if (config.pid1 !== undefined) return configured(config.pid1, config.pid1, 'pid1');
    // Debian packages tini; on an image it is dumb-init's wheel that can be installed.
    const init = isImage(chosen(context, 'base')) ? 'dumb-init' : 'tini';
    if (service.forks) return detected(init, `${init}, because the service starts other programs`, ...service.forks.because);
    const server = chosen(context, 'server');
    // What a repository declares as its start may be any program: nobody knows.
    if (
      server === 'own' &&
      service.sigterm === undefined &&
      service.application !== undefined &&
      service.start === undefined &&
      !config.command
    )
      return detected(init, `${init}, because nothing in the source handles SIGTERM`, ...service.application.because);
    const hasWorkers = server === 'gunicorn' || server === 'uwsgi';
    const why = hasWorkers ? `${server} reaps its workers and handles SIGTERM` : 'it starts no other process';
    return byDefault('server', `the server itself: ${why}`, inferred('pid1/server', why));
  },
});
