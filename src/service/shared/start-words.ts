import { splitWords } from '../../base/index.ts';

/** Programs that run another one in an environment of theirs: the image has that environment and not them. */
const RUNS = new Set(['uv', 'poetry', 'pdm', 'pipenv', 'hatch', 'rye']);
/** What listens only while somebody develops. */
const DEVELOPMENT =
  /(^| )(--reload|--debug|runserver|flask run|fastapi dev|--autoreload|debugpy|watchmedo|watchfiles|nodemon|sleep|tail|bash|pytest)( |$)/;

/**
 * A start command without what a shell or an installer would do first: `exec`, `A=b`, `poetry run`, `sh -c '…'`. Undefined
 * when it needs a shell.
 */
export function startWords(line: string): readonly string[] | undefined {
  const words = splitWords(line);
  return words && withoutPrefixes(words);
}

/** The same for words that are divided already. */
export function withoutPrefixes(words: readonly string[]): readonly string[] | undefined {
  const first = words.findIndex((w) => w !== 'exec' && w !== 'env' && !/^[A-Za-z_]\w*=/.test(w));
  const rest = first < 0 ? [] : words.slice(first);
  const [program = '', verb, ...args] = rest;
  if (/^(\/bin\/)?(ba|da)?sh$/.test(program) && verb === '-c' && args.length === 1) return startWords(args[0] ?? '');
  if (!RUNS.has(program) || verb !== 'run') return rest;
  // `uv run --no-dev --frozen app.py`: switches of its own before the command.
  const command = args.findIndex((w) => !w.startsWith('--'));
  return command < 0 ? [] : args.slice(command);
}

/** Whether a command is for a developer's machine. */
export const isForDevelopers = (words: readonly string[]): boolean => DEVELOPMENT.test(words.join(' '));

const PROGRAMS =
  /^(python3?|gunicorn|uvicorn|hypercorn|daphne|granian|waitress-serve|streamlit|celery|rq|dramatiq|huey_consumer|arq|taskiq|sanic|litestar|fastapi|panel|gradio)$/;
/** What is done before a start, or beside it. */
const ASIDE =
  /(^| )(manage\.py (?!runserver)|pip|pytest|migrate|collectstatic|createsuperuser|alembic|build|test|lint|setup\.py|venv|twine|black|ruff|mypy)( |$)/;

/** Whether a line of a README or a Makefile starts a service. */
export const startsService = (words: readonly string[]): boolean =>
  PROGRAMS.test(words[0] ?? '') && words.length > 1 && !ASIDE.test(words.join(' '));
