import { defineConfig } from 'vitest/config';

/**
 * What takes many minutes: real archives and wheels, whole builds from an empty store, ten ships at once, a ship for
 * each sabotage, whole services shipped, builds by BuildKit and Podman, Kubernetes' own packages. `npm run test:long` runs these; with it, the pages of
 * docs/seeds are held to what was run as well as to what is written.
 */
const LONG = [
  'src/**/*.network.test.ts',
  'src/prove/sabotage.test.ts',
  'test/digest.test.ts',
  'test/together.test.ts',
  'test/clean-services.test.ts',
  'test/weather-tracker.test.ts',
  'test/engines.test.ts',
  'test/buildkit.test.ts',
  'test/attestations.test.ts',
  'src/write/beside.test.ts',
];

const long = process.env['PLIMSOLL_TESTS'] === 'long';

export default defineConfig({
  test: {
    include: long ? [...LONG, 'src/prove/gates/imports-resolve.test.ts', 'test/seeds/*.test.ts'] : ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', ...(long ? [] : LONG)],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
