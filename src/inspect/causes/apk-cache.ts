import { cause } from './cause.ts';

export const apkCache = cause({
  id: 'apk-cache',
  title: 'the cache of apk',
  why: 'Indexes and packages that `apk add --no-cache` leaves out.',
  source: 'apk(8); Alpine wiki, "Local APK cache"',
  fix: '`apk add --no-cache …`',
  rule: 'package-cache-in-layer',
  matches: ({ path }) => /^(?:var\/cache\/apk|etc\/apk\/cache)\//.test(path),
});
