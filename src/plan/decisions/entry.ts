import { formatPlace, UserError } from '../../base/index.ts';
import type { Application, Service } from '../../service/index.ts';
import { decision, detected, type Answer } from '../decision.ts';

export const entry = decision({
  id: 'entry',
  question: 'What is started?',
  choices: {},
  why: 'The start command follows from it: an object that a server imports, or a program that serves by itself.',
  key: 'entry',
  decide({ service, config }): Answer {
    if (config.command)
      return {
        choice: config.command.join(' '),
        says: 'the command in plimsoll.yaml',
        because: [{ from: 'config', name: 'command' }],
        decidedBy: 'config',
      };
    const { application, start } = service;
    if (application) return detected(nameOf(application.value), describe(application.value), ...application.because);
    if (start) return detected(start.value.join(' '), 'the start command that the repository declares', ...start.because);
    throw service.applications.length === 0 ? nothingFound(service) : severalFound(service);
  },
});

/** As `--entry` takes it: `module:object`, `file.py`, `-m module` or a console script. */
export function nameOf(application: Application): string {
  if (application.kind === 'script') return application.file;
  if (application.kind === 'module')
    return ['-m', application.module, ...(application.arguments ?? []).filter((word) => !word.startsWith('--'))].join(' ');
  if (application.kind === 'console') return application.script;
  return `${application.module}:${application.object}`;
}

function describe(application: Application): string {
  if (application.kind === 'script') return 'a program that serves by itself';
  if (application.kind === 'module')
    return application.arguments ? `what ${application.module} runs by its own program` : 'a module that serves by itself';
  if (application.kind === 'console') return 'a console script of its own package';
  const what = application.factory ? 'a function that makes the application' : 'the application object';
  return `${what} (${application.kind.toUpperCase()})`;
}

function nothingFound(service: Service): UserError {
  const broken = service.problems.find((p) => p.at.file.endsWith('.py'));
  if (broken)
    return new UserError(broken.what, 'mend the syntax: the application cannot be found in a file that cannot be read', broken.at);
  return new UserError(
    'nothing here looks like a service: no application of a known framework (FastAPI, Flask, Django and others), no `__main__`, no Procfile',
    'name it: `--entry package.module:app` or `--entry server.py`; or run this in the folder that holds the service',
  );
}

function severalFound(service: Service): UserError {
  const found = service.applications.map(({ value, because: [first] }) => {
    const place = first.from === 'file' ? ` (${formatPlace({ file: first.file, line: first.range.start.line })})` : '';
    return `\`${nameOf(value)}\`${place}`;
  });
  const [first] = service.applications;
  return new UserError(
    `several equally good entry points: ${found.join(', ')}`,
    `choose one: \`--entry ${first ? nameOf(first.value) : ''}\`, or \`entry:\` in plimsoll.yaml`,
  );
}
