/** The uv that installs where none is on PATH, and in the Dockerfiles that are written. */
export const UV_VERSION = '0.13.8';
/** The poetry that reads poetry.lock in the Dockerfiles that are written; `poetry sync` came with 2.0. */
export const POETRY_VERSION = '2.5.1';
/** Servers that a decision adds, at versions that were tried: for the Dockerfiles that are written. */
export const ADDED_VERSIONS: Readonly<Record<string, string>> = {
  uvicorn: '0.54.0',
  gunicorn: '27.0.1',
  hypercorn: '0.18.0',
  uwsgi: '2.0.31',
};
/** Packages of which the index has no wheel: they are compiled, or not installed at all. */
export const SOURCE_ONLY: readonly string[] = ['uwsgi'];
