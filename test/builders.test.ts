import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PIP_SECRET_MOUNTS, UV_SECRET_MOUNTS } from '../src/write/build-secrets.ts';
import { startEngines, whyNoEngines, type Machine } from './engines/machine.testing.ts';
import { expectSameInside, whyNobodyToAsk } from './inside.testing.ts';
import { copyOf, fixtures, has, plimsoll, root, scratch } from './plimsoll.ts';

const PATIENCE_MS = 1_800_000;

/** Gates that an example's image does not pass, and why; all others it passes, or they mean nothing to it. */
const FAILING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'xml-listener': {},
  appointments: {},
  'benchling-webhook': {},
  'weather-tracker': {
    pinned: 'requirements.txt names what the service itself asks for: pip chooses the rest at each build',
  },
  'metrics-app': {},
};

/** Dockerfiles that examples had before. Each takes many minutes to build. */
const BEFORE =
  process.env['PLIMSOLL_TESTS'] === 'long'
    ? ([
        ['metrics-app', 'Dockerfile.before'],
        ['benchling-webhook', 'Dockerfile.backup-python-slim'],
      ] as const)
    : [];

interface Shipped {
  readonly image: {
    readonly digest: string;
    readonly size: { readonly uncompressed: number };
    readonly layers: readonly { readonly name: string }[];
  };
  readonly gates: readonly { readonly id: string; readonly required: boolean; readonly outcome: string; readonly why?: string }[];
}

const place = scratch();
let machine: Machine;
beforeAll(async () => {
  if (whyNoEngines === undefined) machine = await startEngines();
}, PATIENCE_MS);
afterAll(async () => {
  await machine?.stop();
  place.remove();
});

/** Ships an example by its Dockerfile. */
const shipped = (name: string, ...engine: readonly string[]): Promise<Shipped> =>
  shippedFrom(copyOf(join(root, 'examples', name), join(place.folder, `${name}-${engine[0]}`)), ...engine);

async function shippedFrom(folder: string, ...engine: readonly string[]): Promise<Shipped> {
  const end = await plimsoll(['ship', folder, '--json', '--engine', ...engine], { env: machine.env });
  expect(end.stdout, end.stderr).not.toBe('');
  return JSON.parse(end.stdout) as Shipped;
}

/** An image on a stand-in passes all required gates but these, or they mean nothing to it; what is advised is up to its base. */
function expectPassed({ image, gates }: Shipped, failing: readonly string[] = []): void {
  expect(image.layers[0]?.name).toContain('stand-in');
  const found = gates.filter(({ required, outcome }) => required && (outcome === 'failed' || outcome === 'unproven'));
  expect(
    found.map(({ id }) => id),
    found.map(({ id, why }) => `${id}: ${why}`).join('\n'),
  ).toEqual(failing);
}

describe.skipIf(whyNoEngines !== undefined)('BuildKit, on stand-in bases', () => {
  /** Bytes unpacked, by folder. */
  const sizes = new Map<string, number>();

  test.each(Object.entries(FAILING))(
    'builds the Dockerfile of %s, and the image is proven',
    async (name, failing) => {
      const end = await shipped(name, 'buildkit');
      sizes.set(name, end.image.size.uncompressed);
      expectPassed(end, Object.keys(failing));
    },
    PATIENCE_MS,
  );

  // As the direct engine makes them they are asked in test/seeds, in CI too.
  const asked = process.env['PLIMSOLL_TESTS'] === 'long' ? Object.keys(FAILING) : [];
  test.skipIf(whyNobodyToAsk !== undefined).each(asked)(
    'the SBOM of the image of %s names exactly what dpkg-query and pip name in it',
    async (name) => {
      const folder = join(place.folder, `${name}-buildkit`);
      await expectSameInside(join(folder, '.plimsoll/image'), join(folder, 'inside'));
      rmSync(join(folder, 'inside'), { recursive: true });
    },
  );

  test(
    'builds what `init` writes for static files, translations and the variables they require, and the image is proven',
    async () => {
      const folder = copyOf(join(fixtures, 'python-django-static/service'), join(place.folder, 'made'));
      const base = 'python: "3.11"\ndockerfile: { base: "python:3.11-slim-bookworm" }\n';
      appendFileSync(join(folder, 'plimsoll.yaml'), `${base}budget: { ready: 60 s }\nprobes:\n  - GET / 200\n`);
      expect(await plimsoll(['init', folder, '--yes'])).toMatchObject({ code: 0 });
      const end = await shippedFrom(folder, 'buildkit');
      // Its requirements.txt leaves asgiref, sqlparse and packaging to pip.
      expectPassed(end, ['pinned']);
      expect(end.image.layers.at(-1)?.name).toContain('python manage.py collectstatic');
    },
    PATIENCE_MS,
  );

  // Where this machine's registries have a private authority, Poetry must be told of it: its own settings cannot.
  test(
    'builds the Dockerfile that `init` writes for a Poetry project, and the image is proven',
    async () => {
      const folder = copyOf(join(fixtures, 'python-poetry-lock/service'), join(place.folder, 'poetry'));
      const written = await plimsoll(['init', folder, '--yes']);
      expect(written.code, written.stderr).toBe(0);
      writeFileSync(join(folder, 'plimsoll.yaml'), 'budget: {size: 400 MB}\n');
      expectPassed(await shippedFrom(folder, 'buildkit'));
    },
    PATIENCE_MS,
  );

  test.each(BEFORE)(
    'still builds what `lint --fix` made of the Dockerfile that %s had before',
    async (name, before) => {
      const folder = copyOf(join(root, 'examples', name), join(place.folder, `${name}-before`));
      const path = join(folder, 'Dockerfile');
      // pip and uv must know this machine's authorities; nothing of it stays in the image.
      const mounts = [...PIP_SECRET_MOUNTS, ...UV_SECRET_MOUNTS].map((mount) => `--mount=${mount}`).join(' ');
      const text = readFileSync(join(folder, before), 'utf8').replaceAll(/^RUN (?=(pip|uv) )/gm, `RUN ${mounts} `);
      writeFileSync(path, text);
      await plimsoll(['lint', path, '--fix', '--unsafe', '--no-shellcheck']);
      expect(readFileSync(path, 'utf8')).not.toBe(text);
      const end = await plimsoll(['build', folder, '--engine', 'buildkit', '--json'], { env: machine.env });
      expect(end.code, end.stderr).toBe(0);
      sizes.set(`${name}-before`, (JSON.parse(end.stdout) as Pick<Shipped, 'image'>).image.size.uncompressed);
    },
    PATIENCE_MS,
  );

  test.each(BEFORE.map(([name]) => name))('makes the image of %s at least 30 % smaller than it was before', (name) => {
    expect(sizes.get(name)).toBeLessThanOrEqual(0.7 * (sizes.get(`${name}-before`) ?? 0));
  });
});

describe.each([
  // dockerd makes no network here: RUN has the machine's.
  ['docker', ['--network', 'host'], has('dockerd')],
  ['podman', [], has('podman')],
] as const)('%s, on stand-in bases', (engine, more, isHere) => {
  test.skipIf(whyNoEngines !== undefined || !isHere)(
    'builds the Dockerfile of appointments, and the image is proven',
    async () => {
      expectPassed(await shipped('appointments', engine, ...more));
    },
    PATIENCE_MS,
  );
});
