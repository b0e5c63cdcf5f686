import { masked, maskedValue, maskedWords } from '../base/index.ts';
import {
  fetchingAsAsked,
  isForPackages,
  ownersIn,
  packagesOf,
  scanLayers,
  scanSaved,
  treeOf,
  type FileRecord,
  type Image,
  type ImageConfig,
  type Package,
  type ScannedImage,
  type ScannedLayer,
  type ScannedTree,
  type TreeEntry,
} from '../image/index.ts';
import { classify, type Classified } from './classify.ts';
import { grouped } from './grouped.ts';
import { instructionOf } from './instruction.ts';
import { kindOf as kindByPlace } from './kinds.ts';
import type { DockerfileSource, Lines } from './lines.ts';
import type { FileFact, InspectedLayer, Inspection, Kind, KindFound, Known, PackageSize, Waste } from './types.ts';
import { groupsOf } from './waste-groups.ts';
import { wasteIn } from './waste.ts';

export interface InspectOptions {
  /** As people named it. */
  readonly ref: string;
  /** One that made the image, or may have. */
  readonly dockerfile?: DockerfileSource | undefined;
  /** The Dockerfile counts only where all of its RUN and COPY instructions stand in the image's history. */
  readonly onlyIfMade?: boolean;
}

/**
 * Finds out what an image holds, what put it there, and what of it can go. Layers that lie uncompressed on this disk are
 * jumped through and not checked against their digests.
 * Throws EnvironmentError where the image is broken.
 */
export async function inspectImage(image: Image, options: InspectOptions): Promise<Inspection> {
  const layers = await image.layers();
  const scanned = await scanLayers(layers, isForPackages, 'contents');
  try {
    const found = {
      digest: await image.digest(),
      config: await image.config(),
      layers: layers.map(({ descriptor: { digest, size }, createdBy }) => ({
        digest,
        compressed: size,
        ...(createdBy === undefined ? {} : { createdBy }),
      })),
      scanned,
    };
    return await fetchingAsAsked(() => inspectScanned(found, options));
  } finally {
    for (const layer of scanned) layer.close();
  }
}

/** The same of an image as `docker save` sends it, while it passes. `name` is what errors call it. */
export async function inspectSaved(bytes: AsyncIterable<Uint8Array>, name: string, options: InspectOptions): Promise<Inspection> {
  return inspectScanned(await scanSaved(bytes, name, isForPackages), options);
}

/** The same of layers that have been looked through already. */
async function inspectScanned({ digest, config, layers, scanned }: ScannedImage, options: InspectOptions): Promise<Inspection> {
  const tree = treeOf(scanned);
  const { packages } = await packagesOf(tree);
  const known = knownFiles(tree, ownersIn(tree, packages));
  const waste = wasteIn(tree, scanned);
  const classified = classify(known, scanned);
  const kindOf = kindsBy(known, config, tree);
  const lines = options.dockerfile && (await import('./lines.ts')).linesOf(config.history ?? [], layers.length, options.dockerfile);
  const content = sum(scanned.flatMap(({ records }) => records.filter(isFile)));
  const treeBytes = sum(known.map(({ file }) => file));
  return {
    ref: options.ref,
    digest,
    platform: `${config.os}/${config.architecture}`,
    config: withoutSecrets(config.config ?? {}),
    size: {
      compressed: layers.reduce((total, { compressed }) => total + compressed, 0),
      tars: scanned.reduce((total, { tarBytes }) => total + tarBytes, 0),
      content,
      tree: treeBytes,
      waste: content - treeBytes,
      avoidable: sum(classified.causes.filter(({ cause }) => cause.cost === undefined)),
    },
    layers: layersOf(layers, scanned, waste, lines?.made || !options.onlyIfMade ? lines : undefined),
    waste: groupsOf(waste),
    causes: classified.causes,
    other: otherOf(known, classified, kindOf),
    packages: packageSizes(known, packages),
    fileCount: known.length,
    files: () => known.map(({ file }) => ({ ...file, kind: kindOf(file), ...causeOf(classified, file) })),
  };
}

type Config = NonNullable<ImageConfig['config']>;

/** What people are shown of it. */
function withoutSecrets(config: Config): Config {
  const { Env, Labels, Entrypoint, Cmd, Healthcheck } = config;
  const variable = (written: string): string => {
    const name = written.slice(0, written.indexOf('='));
    return `${name}=${maskedValue(name, written.slice(name.length + 1))}`;
  };
  return {
    ...config,
    ...(Env ? { Env: Env.map(variable) } : {}),
    ...(Labels ? { Labels: Object.fromEntries(Object.entries(Labels).map(([name, value]) => [name, maskedValue(name, value)])) } : {}),
    ...(Entrypoint ? { Entrypoint: maskedWords(Entrypoint) } : {}),
    ...(Cmd ? { Cmd: maskedWords(Cmd) } : {}),
    ...(Healthcheck ? { Healthcheck: { ...Healthcheck, Test: maskedWords(Healthcheck.Test ?? []) } } : {}),
  };
}

const isFile = (record: ScannedLayer['records'][number]): record is FileRecord => record.type === 'file';

const sum = (items: readonly { readonly sizeBytes: number }[]): number => items.reduce((total, { sizeBytes }) => total + sizeBytes, 0);

/** Each content that can be seen, once: what has several names goes by the first that a package owns, or the first. */
function knownFiles(tree: ScannedTree, owners: ReadonlyMap<string, Package>): readonly Known[] {
  // By the content itself: hard links share it.
  const found = new Map<NonNullable<TreeEntry['content']>, Known>();
  for (const [path, { record, content, sizeBytes }] of tree.entries) {
    if (!content || (record.type !== 'file' && record.type !== 'hardlink')) continue;
    const owner = owners.get(path);
    const before = found.get(content);
    if (before && (owner === undefined || before.file.owner !== undefined)) continue;
    const { mode } = record;
    const file = {
      path,
      sizeBytes,
      layer: content.layer,
      mode,
      ...(owner ? { owner: { by: owner.ecosystem, name: owner.name } } : {}),
    };
    found.set(content, { file, record: record.type === 'file' ? record : { ...record, type: 'file', sizeBytes, ...content } });
  }
  return [...found.values()];
}

const causeOf = ({ taken }: Classified, { path }: FileFact): { readonly cause?: string } => {
  const found = taken.get(path);
  return found ? { cause: found.cause } : {};
};

function kindsBy(known: readonly Known[], { config = {} }: ImageConfig, tree: ScannedTree): (file: FileFact) => Kind {
  const workingDir = (config.WorkingDir ?? '').replaceAll(/^\/+|\/+$/g, '');
  const hasPackages = tree.entries.has('var/lib/dpkg') || [...known].some(({ file }) => file.owner?.by === 'alpine');
  return (file) => kindByPlace(file, workingDir, hasPackages);
}

function layersOf(
  layers: ScannedImage['layers'],
  scanned: readonly ScannedLayer[],
  waste: readonly Waste[],
  lines: Lines | undefined,
): readonly InspectedLayer[] {
  const wasted = grouped(waste, ({ layer }) => layer);
  return layers.map(({ digest, compressed, createdBy: step }, index) => {
    const createdBy = step === undefined ? undefined : masked(step);
    const { records, tarBytes } = scanned[index]!;
    const files = records.filter(isFile);
    const line = lines?.byLayer.get(index);
    return {
      index,
      digest,
      ...(createdBy === undefined ? {} : { createdBy }),
      instruction: instructionOf(createdBy),
      ...(line ? { line } : {}),
      size: { compressed, tar: tarBytes, content: sum(files) },
      files: files.length,
      wasteBytes: sum(wasted.get(index) ?? []),
    };
  });
}

/** What no cause took, by what it is. */
function otherOf(known: readonly Known[], { taken }: Classified, kindOf: (file: FileFact) => Kind): readonly KindFound[] {
  const rest = known.flatMap(({ file }) => {
    const sizeBytes = file.sizeBytes - (taken.get(file.path)?.sizeBytes ?? 0);
    return sizeBytes > 0 ? [{ kind: kindOf(file), sizeBytes }] : [];
  });
  return [...grouped(rest, ({ kind }) => kind)]
    .map(([kind, of]) => ({ kind, sizeBytes: sum(of), files: of.length }))
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes);
}

/** What is installed, with the bytes of the files that each package owns. Largest first. */
function packageSizes(known: readonly Known[], installed: readonly Package[]): readonly PackageSize[] {
  const owned = known.flatMap(({ file }) => (file.owner ? [{ owner: file.owner, sizeBytes: file.sizeBytes }] : []));
  const sizes = grouped(owned, ({ owner }) => `${owner.by} ${owner.name}`);
  return installed
    .map(({ ecosystem: by, name, version }) => ({ by, name, version, sizeBytes: sum(sizes.get(`${by} ${name}`) ?? []) }))
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes || (a.name < b.name ? -1 : 1));
}
