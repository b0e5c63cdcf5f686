import { cause } from './cause.ts';

export const temporaryFiles = cause({
  id: 'temporary-files',
  title: 'temporary files and caches of tools',
  why: 'What a step of the build left behind.',
  source: 'Filesystem Hierarchy Standard 3.0, "/tmp", "/var/tmp", "/var/log"; mypy, pytest, ruff: their cache folders',
  fix: 'remove them in the RUN that makes them, or give it `--mount=type=tmpfs,target=/tmp`; caches of tools belong into .dockerignore',
  rule: 'removed-in-later-layer',
  matches: ({ path }) =>
    /^(?:tmp|var\/tmp|var\/log)\/|(?:^|\/)(?:\.(?:mypy|pytest|ruff)_cache|\.tox|\.nox|\.hypothesis|node_modules\/\.cache)\//.test(path),
});
