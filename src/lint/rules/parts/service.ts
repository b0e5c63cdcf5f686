import { onceFor } from '../../../base/index.ts';
import { wordsOf } from '../../../dockerfile/index.ts';
import type { Call } from '../../script/index.ts';
import { allSteps, lastOf, readStart, unwrapped, type Stage, type Start } from '../../stages/index.ts';
import type { Subject } from '../../types.ts';
import { isForWindows } from './runs.ts';

/** The last stage, with how its image starts: nothing for an image without a start command of its own, and none for Windows. */
export function startedImage(subject: Pick<Subject, 'file' | 'stages' | 'path'>): readonly StartedImage[] {
  const stage = subject.stages.findLast(({ isLast }) => isLast);
  if (stage === undefined || isForWindows(subject)) return [];
  const start = startOf(stage);
  return start === undefined ? [] : [{ stage, start }];
}

const startOf = onceFor(readStart);

interface StartedImage {
  readonly stage: Stage;
  readonly start: Start;
}

/** What is called when the image starts, runners such as `uv run` taken off. */
export const startedCalls: (start: Start) => readonly Call[] = onceFor(({ script }) => script.calls.map(unwrapped));

/** Programs that only serve (their manuals). */
const SERVERS = new Set(
  (
    'gunicorn uvicorn hypercorn daphne granian waitress-serve uwsgi flask fastapi celery streamlit puma unicorn rackup thin passenger sidekiq rails ' +
    'catalina.sh pm2 pm2-runtime next nuxt nest ng vite nodemon http-server serve'
  ).split(' '),
);

/** Programs that do one thing and end, or wait for nothing: tests, tools, shells, debuggers. */
const NO_SERVICE = new Set(
  (
    'echo printf true false : sleep tail cat ls env id date uname test pytest tox nox unittest make rake jest mocha vitest cargo rspec phpunit bash sh ash zsh dash fish dlv gdb gdbserver ' +
    'strace perf tmux screen curl wget git top htop ping help version'
  ).split(' '),
);

/** Scripts whose name tells that they build or test: `run-tests.sh`, `clean_build.sh`. */
const BUILDS = /(?:^|[-_])(?:build|compile|lint|tests?|e2e)\.(?:sh|py|js)$|^(?:build|test)[-_][\w-]+\.(?:sh|py)$/;

/** Whether what starts is known to be no service: `CMD ["bash"]`, `CMD pytest`, `sleep infinity`. */
export const isNoService = (call: Call): boolean =>
  NO_SERVICE.has(call.program) || BUILDS.test(call.program) || /^(?:--help|--version|-h|help|version)$/.test(call.args[0]?.text ?? '');

/** Whether the file tells that the image is a service: it names a port or a health check, or starts a known server. */
export function isService(stage: Stage, start: Start): boolean {
  const calls = startedCalls(start);
  if (calls.length === 0 || calls.some(isNoService)) return false;
  const health = lastOf(stage, 'HEALTHCHECK');
  if (allSteps(stage).some(({ instruction }) => instruction.name === 'EXPOSE')) return true;
  if (health !== undefined && wordsOf(health.instruction.args)[0]?.toUpperCase() !== 'NONE') return true;
  return calls.some((call) => SERVERS.has(call.program) || isServing(call));
}

/** `java -jar`, `npm start`, `manage.py runserver`, `php -S`. */
const isServing = ({ program, args }: Call): boolean =>
  (program === 'java' && args.some(({ text }) => text === '-jar')) ||
  (/^(?:npm|yarn|pnpm|bun)$/.test(program) && args.some(({ text }) => /^(?:start|serve|dev|start:\w+)$/.test(text))) ||
  args.some(({ text }) => /^(?:runserver|artisan|-S)$/.test(text));
