import { cause } from './cause.ts';

export const pipCache = cause({
  id: 'pip-cache',
  title: 'the cache of pip',
  why: 'pip keeps what it downloaded and built for its next call; the image has none.',
  source: 'pip documentation, "Caching"',
  fix: '`RUN --mount=type=cache,target=/root/.cache/pip pip install …`, or `pip install --no-cache-dir`',
  rule: 'pip-no-cache-dir',
  matches: ({ path }) => path.includes('.cache/pip/'),
});
