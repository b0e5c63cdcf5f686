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

/** The five examples, whole, by each engine, and a dozen services of different kinds: `npm run test:ships`. */
const SHIPS = ['test/builders.test.ts', 'test/clean-services.test.ts', 'test/seeds/*.test.ts'];

/**
 * Rooms whose tests leave the process as it was: they share one, and import what they test once for all. Measured with
 * src/service and src/plan: 28 s of processor time, 49 s with a process for each file; with base, image, inspect, pin,
 * sbom and scan 148 s and 185 s.
 */
const SHARED = '{base,config,dockerfile,image,inspect,lint,pin,plan,report,sbom,scan,service,write}';

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

const exclude = ['node_modules/**', 'dist/**'];
const projects =
  mode === 'long' || mode === 'ships'
    ? [{ extends: true as const, test: { name: mode, include: included[mode], exclude } }]
    : [
        {
          extends: true as const,
          test: { name: 'shared', isolate: false, include: [`src/${SHARED}/**/*.test.ts`], exclude: [...exclude, ...LONG] },
        },
        {
          extends: true as const,
          test: {
            name: 'rest',
            include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
            exclude: [...exclude, `src/${SHARED}/**`, ...LONG],
          },
        },
      ];

export default defineConfig({
  test: {
    projects,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Of those that say they may run side by side: the ships of a file beside those of another are two already.
    maxConcurrency: mode === 'ships' ? 1 : 2,
    pool: 'forks',
    // Containers are waited for as long as anything computes: with two, a third of two processors' time was lost.
    maxWorkers: 3,
  },
});
