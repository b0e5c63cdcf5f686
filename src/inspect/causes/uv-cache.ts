import { cause } from './cause.ts';

export const uvCache = cause({
  id: 'uv-cache',
  title: 'caches of uv, Poetry and PDM',
  why: 'They hold what was installed a second time.',
  source: 'uv, "Caching"; Poetry, "cache-dir"',
  fix: '`RUN --mount=type=cache,target=/root/.cache/uv uv sync`, with UV_LINK_MODE=copy; Poetry: `--mount=type=cache,target=/root/.cache/pypoetry`',
  rule: 'cache-mount',
  matches: ({ path }) => path.includes('.cache/') && /(?:^|\/)\.cache\/(?:uv|pypoetry|pdm|pipenv)\//.test(path),
});
