import type { DependencySource } from '../service/index.ts';

/** The uv that installs where none is on PATH, and in the Dockerfiles that are written. */
export const UV_VERSION = '0.13.8';
/** The poetry that reads poetry.lock in the Dockerfiles that are written; `poetry sync` came with 2.0. */
export const POETRY_VERSION = '2.5.1';
/** The PDM that reads pdm.lock there, with the newest library that it works with. */
export const PDM_VERSION = '2.29.4';
export const PDM_WITH = 'hishel[httpx2]<2';
/** The pipenv that reads Pipfile.lock there. */
export const PIPENV_VERSION = '2026.10.3';

/** What adds a package to a lock, by the kind of the lock. */
export const ADDS: Readonly<Record<string, string>> = {
  'uv.lock': 'uv add',
  'poetry.lock': 'poetry add',
  'pdm.lock': 'pdm add',
  'Pipfile.lock': 'pipenv install',
  'pylock.toml': 'lock anew with',
};

/** Whether exact versions and hashes are in the repository. */
export const isLocked = (source: DependencySource): boolean => source.kind in ADDS || (source.kind === 'requirements' && source.hashed);

/** Servers that a decision adds, at versions that were tried: for the Dockerfiles that are written. */
export const ADDED_VERSIONS: Readonly<Record<string, string>> = {
  uvicorn: '0.54.0',
  gunicorn: '27.0.1',
  hypercorn: '0.18.0',
  uwsgi: '2.0.31',
};
/** Packages of which the index has no wheel: they are compiled, or not installed at all. */
export const SOURCE_ONLY: readonly string[] = ['uwsgi'];
