import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PIP_SECRET_MOUNTS, UV_SECRET_MOUNTS } from '../src/write/build-secrets.ts';
import { startEngines, whyNoEngines, type Machine } from './engines/machine.testing.ts';
import { copyOf, plimsoll, root, scratch } from './plimsoll.ts';

const PATIENCE_MS = 1_800_000;

const BASE_ALONE = 'the budget is the direct engine’s; the base alone is larger, or nearly';

/** Gates that an example's Dockerfile does not pass on a stand-in base, and why. */
const FAILING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'xml-listener': {},
  appointments: { 'size-budget': BASE_ALONE },
  'benchling-webhook': { 'size-budget': BASE_ALONE },
  'weather-tracker': {
    pinned: 'requirements.txt names what the service itself asks for: pip chooses the rest at each build',
    'size-budget': BASE_ALONE,
  },
  'metrics-app': { 'size-budget': BASE_ALONE },
};

interface Shipped {
  readonly image: { readonly size: { readonly uncompressed: number }; readonly layers: readonly { readonly name: string }[] };
  readonly gates: readonly { readonly id: string; readonly outcome: string }[];
}

describe.skipIf(whyNoEngines !== undefined)('BuildKit, on stand-in bases', () => {
  const place = scratch();
  /** Bytes unpacked, by folder. */
  const sizes = new Map<string, number>();
  let machine: Machine;
  beforeAll(async () => {
    machine = await startEngines();
  }, PATIENCE_MS);
  afterAll(async () => {
    await machine?.stop();
    place.remove();
  });

  test.each(Object.entries(FAILING))(
    'builds the Dockerfile of %s, and the image is proven',
    async (name, failing) => {
      const folder = copyOf(join(root, 'examples', name), join(place.folder, name));
      const end = await plimsoll(['ship', folder, '--engine', 'buildkit', '--json'], { env: machine.env });
      expect(end.stdout, end.stderr).not.toBe('');
      const { image, gates } = JSON.parse(end.stdout) as Shipped;
      expect(image.layers[0]?.name).toContain('stand-in');
      expect(gates.filter(({ outcome }) => outcome === 'failed' || outcome === 'unproven').map(({ id }) => id)).toEqual(
        Object.keys(failing),
      );
    },
    PATIENCE_MS,
  );

  test.each([
    ['metrics-app', 'Dockerfile.before'],
    ['benchling-webhook', 'Dockerfile.backup-python-slim'],
  ])(
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

  test.each(['metrics-app', 'benchling-webhook'])('makes the image of %s at least 30 % smaller than it was before', (name) => {
    expect(sizes.get(name)).toBeLessThanOrEqual(0.7 * (sizes.get(`${name}-before`) ?? 0));
  });
});
