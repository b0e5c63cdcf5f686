import { inferred } from '../../base/index.ts';
import { configured, byDefault, decision, type Answer, type Context } from '../decision.ts';
import { localPackages, ownPackage } from '../local.ts';

/** Never part of a running service; applied after the repository's own .dockerignore. Patterns as moby's patternmatcher reads them. */
export const IGNORED: readonly string[] = [
  '.git',
  '.gitignore',
  '.gitattributes',
  '.github',
  '.gitlab-ci.yml',
  '.plimsoll',
  'plimsoll.yaml',
  'plimsoll.lock',
  '.plimsoll-written.json',
  '.dockerignore',
  'Dockerfile*',
  'compose*.yaml',
  'compose*.yml',
  'docker-compose*.yml',
  'docker-compose*.yaml',
  'Procfile',
  'Makefile',
  '**/__pycache__',
  '**/*.pyc',
  '**/*.pyo',
  '**/.pytest_cache',
  '**/.mypy_cache',
  '**/.ruff_cache',
  '**/.DS_Store',
  '**/node_modules',
  '.venv',
  'venv',
  '.tox',
  '.nox',
  '.vscode',
  '.idea',
  '.python-version',
  '.pre-commit-config.yaml',
  '**/.env',
  '**/.env.*',
  '*.env',
  'env.example',
  'tests',
  'test',
  'conftest.py',
  'README*',
  'CHANGELOG*',
  'CONTRIBUTING*',
  'docs',
  'requirements*.txt',
  'requirements*.in',
  'requirements',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'Pipfile',
  'Pipfile.lock',
];

export const ignoredFiles = decision({
  id: 'ignored-files',
  question: 'What stays out of the image?',
  choices: { nothing: 'history, tests, caches and local secrets would be shipped' },
  why: 'What is not in the image cannot leak, and cannot invalidate its layer.',
  key: 'ignore',
  decide(context): Answer {
    const says = '.git, tests, caches, .env files, and what .dockerignore names';
    if (context.config.ignore) return configured('usual', `${says}, and ${context.config.ignore.join(', ')}`, 'ignore');
    return byDefault('usual', says, inferred('ignored-files/usual', 'never part of a running service'));
  },
});

/** The usual ones that the application does not import, then those of plimsoll.yaml. */
export function ignorePatternsOf({ config, service }: Pick<Context, 'config' | 'service'>): string[] {
  const imported = new Set(service.imports.map((i) => i.module));
  const beside = (config.files ?? []).flatMap((kind) => BESIDE[kind] ?? []);
  const own = config.envFile === undefined ? [] : [config.envFile];
  // What is installed as a package needs no second copy, unless the service itself lies there.
  const packages = localPackages(service).map(({ value }) => value.folder);
  const local = packages.filter((folder) => !folder.startsWith('..') && !service.application?.value.file.startsWith(`${folder}/`));
  // A package's back end may read it: `readme` of pyproject.toml.
  const needed = ownPackage(service, config) ? ['README*'] : [];
  const usual = IGNORED.filter((pattern) => !imported.has(pattern) && !needed.includes(pattern));
  return [...new Set([...usual, ...beside, ...own, ...local, ...(config.ignore ?? [])])];
}

/** The list of variables, where plimsoll.yaml gives it no other name. */
export const ENV_FILE = '.env.example';

/** Files that are written on request, and that no pattern above covers. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  kubernetes: ['deploy/kubernetes.yaml'],
  ecs: ['deploy/ecs-task-definition.json'],
  bake: ['docker-bake.hcl'],
};
