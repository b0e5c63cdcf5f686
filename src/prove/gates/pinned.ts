import type { Because } from '../../base/index.ts';
import type { Image, ImageTree } from '../../image/index.ts';
import { count } from '../quantity.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import type { Outcome, Pins } from '../types.ts';

export const pinned = gate({
  id: 'pinned',
  level: 'required',
  promise: 'The base and every dependency are pinned by hash or digest.',
  why: 'What is not pinned changes between two builds of the same source, and nobody sees when.',
  source: 'image-spec, annotations.md, `org.opencontainers.image.base.digest`; pip, "Secure installs"; SLSA, "Build L3"',
  needs: [],
  limit: ({ pins }) => (pins ? count(0, 'unpinned input') : undefined),
  async measure({ image, pins, tree }) {
    return pins ? judge(pins, await heldBy(await tree(), await layersBelow(image, pins))) : fromImageAlone(image);
  },
});

/** How many layers are the base's, which its digest pins; undefined where the image does not begin with them. */
async function layersBelow(image: Image, { base }: Pins): Promise<number | undefined> {
  if (!base) return 0;
  const layers = await image.layers();
  return base.diffIds.every((diffId, index) => layers[index]?.diffId === diffId) ? base.diffIds.length : undefined;
}

interface Held {
  /** Debian packages, as `name version`. */
  readonly debian: readonly string[];
  /** One path for each distribution. */
  readonly python: readonly string[];
  /** How many layers of the base lie below; undefined where the image does not begin with them. */
  readonly below: number | undefined;
}

const DEBIAN = /^var\/lib\/dpkg\/status\.d\/(?!.*\.md5sums$)[^/]+$/;
const PYTHON = /(?:^|\/)lib\/python3\.\d+\/(?:dist|site)-packages\/([^/]+)\.dist-info\/METADATA$/;

/** What lies in the image, and not in its base. */
async function heldBy(tree: ImageTree, below: number | undefined): Promise<Held> {
  const installed = (pattern: RegExp): readonly string[] =>
    [...tree.entries].flatMap(([path, { layer }]) => (layer >= (below ?? 0) && pattern.test(path) ? [path] : []));
  const debian: string[] = [];
  for (const path of installed(DEBIAN)) {
    const text = Buffer.from(await tree.read(path)).toString('utf8');
    debian.push(['Package', 'Version'].map((field) => new RegExp(`^${field}: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? '?').join(' '));
  }
  return { debian, python: installed(PYTHON), below };
}

function judge(pins: Pins, { debian, python, below }: Held): Outcome {
  const { base } = pins;
  const evidence: Because = [
    seen(
      'lock',
      `${pins.debian.length} Debian packages by SHA-256, ${pins.python} Python distributions by hash${base ? ', the base by digest' : ''}`,
    ),
    seen(
      'image',
      `${debian.length} Debian packages, ${python.length} Python distributions${below ? ` above the base's ${below} layers` : ''}`,
    ),
  ];
  const other = base && below === undefined ? [`the image does not begin with the layers that the lock has for \`${base.name}\``] : [];
  const locked = new Set(pins.debian);
  const strays = debian.filter((it) => !locked.has(it)).map((it) => `the lock does not have the Debian package \`${it}\``);
  const loose = [...pins.unpinned, ...other, ...strays, ...beyond(python, pins.python)];
  if (loose.length === 0)
    return passed(evidence, { measured: count(pins.debian.length + pins.python + (base ? 1 : 0), 'input pinned', 'inputs pinned') });
  return failed(
    listed(loose),
    'pin it by hash or digest: build once without `--locked`, commit plimsoll.lock, and name base images as `name@sha256:…`',
    evidence,
    count(loose.length, 'unpinned input'),
  );
}

/** The image may hold fewer than a lock for all platforms, never more. */
const beyond = (held: readonly string[], pinnedCount: number): string[] =>
  held.length > pinnedCount ? [`the image has ${held.length} Python distributions, the lock ${pinnedCount}`] : [];

const BASE_DIGEST = 'org.opencontainers.image.base.digest';

async function fromImageAlone(image: Image): Promise<Outcome> {
  const annotations = (await image.parsedManifest()).annotations ?? {};
  const labels = (await image.config()).config?.Labels ?? {};
  const digest = annotations[BASE_DIGEST] ?? labels[BASE_DIGEST];
  const says = digest === undefined ? `it has no \`${BASE_DIGEST}\`` : `its base is ${digest}, its dependencies are not listed`;
  return skipped(`an image alone does not say how its content was chosen (${says}): prove the folder that it was built from`);
}
