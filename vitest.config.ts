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
  'test/base-compiled.test.ts',
  'test/weather-tracker.test.ts',
  'test/engines.test.ts',
  'test/builders.test.ts',
  'test/attestations.test.ts',
  'src/write/beside.test.ts',
];

/** The five examples, whole, by each engine, and a dozen services of different kinds: `npm run test:ships`, one after the other, because gates measure time. */
const SHIPS = ['test/builders.test.ts', 'test/clean-services.test.ts', 'test/seeds/*.test.ts'];

const mode = process.env['PLIMSOLL_TESTS'];
const included = {
  long: [
    ...LONG,
    'src/prove/gates/imports-resolve.test.ts',
    'src/prove/gates/licences.test.ts',
    'test/system-packages.test.ts',
    'test/seeds/*.test.ts',
  ],
  ships: SHIPS,
};

export default defineConfig({
  test: {
    include: mode === 'long' || mode === 'ships' ? included[mode] : ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', ...(mode === undefined ? LONG : [])],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Of those that say they may run side by side.
    maxConcurrency: 2,
    pool: 'forks',
    maxWorkers: mode === 'ships' ? 1 : 2,
  },
});
