import { cause } from './cause.ts';

export const npmCache = cause({
  id: 'npm-cache',
  title: 'caches of npm, Yarn and pnpm',
  why: 'They hold each package a second time, packed.',
  source: 'npm-cache(1); Yarn, "Offline cache"; pnpm, "store-dir"',
  fix: '`RUN --mount=type=cache,target=/root/.npm npm ci`; with Yarn and pnpm their own folders likewise',
  rule: 'package-cache-in-layer',
  matches: ({ path }) =>
    /\.(?:npm|cache|yarn|local|pnpm-store)\//.test(path) &&
    /(?:^|\/)(?:\.npm\/(?:_cacache|_logs|_npx)\/|\.cache\/(?:yarn|node-gyp|pnpm)\/|\.yarn\/berry\/cache\/|\.local\/share\/pnpm\/store\/|\.pnpm-store\/)/.test(
      path,
    ),
});
