import { baseName, type Repository } from '../repository.ts';

/** Where gunicorn looks for its settings: gunicorn's manual, “Configuration Overview”. */
export const GUNICORN_CONFIG = 'gunicorn.conf.py';

/** Folders that hold no code of the service: caches, environments, other people's packages. */
const FOREIGN = new Set([
  '__pycache__',
  '.git',
  '.hg',
  '.svn',
  '.tox',
  '.nox',
  '.venv',
  'venv',
  '.eggs',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.idea',
  '.vscode',
  'node_modules',
  'site-packages',
  'dist-packages',
  '__pypackages__',
  '.plimsoll',
]);
const TESTS = new Set(['test', 'tests', 'testing', 'conftest']);
/** Run by tools on a developer's machine, never by the service. */
const TOOL_FILES = new Set(['setup.py', 'conftest.py', 'noxfile.py', 'fabfile.py', 'pavement.py', 'versioneer.py']);

/** The Python files that may be part of the service: no tests, no virtual environments, nothing vendored. */
export function applicationFiles(repository: Repository): readonly string[] {
  // A virtual environment is known by this file, whatever its name: PEP 405.
  const environments = repository.paths.filter((p) => baseName(p) === 'pyvenv.cfg').map((p) => p.slice(0, -'pyvenv.cfg'.length));
  return repository.paths.filter((path) => path.endsWith('.py') && isOwn(path) && !environments.some((e) => path.startsWith(e)));
}

function isOwn(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  const folders = parts.slice(0, -1);
  if (folders.some((f) => FOREIGN.has(f) || TESTS.has(f) || f.endsWith('.egg-info') || f.endsWith('.dist-info'))) return false;
  // What setuptools and build leave at the top.
  if (folders[0] === 'build' || folders[0] === 'dist') return false;
  return !TOOL_FILES.has(name) && !name.startsWith('test_') && !name.endsWith('_test.py');
}

/** Code that shows or maintains the service: a start command is hardly ever there. */
const ASIDE = new Set([
  'docs',
  'doc',
  'examples',
  'example',
  'samples',
  'demo',
  'scripts',
  'tools',
  'bin',
  'bench',
  'benchmarks',
  'migrations',
  'alembic',
  'ci',
]);
export const isAside = (path: string): boolean =>
  path
    .split('/')
    .slice(0, -1)
    .some((f) => ASIDE.has(f) || f.startsWith('.'));
