import type { Digest } from '../../base/node.ts';
import { flatten, type ImageTree } from '../layer/flatten.ts';
import { readLayerEntries } from '../layer/read.ts';
import { PACKAGE_MANAGERS, SHELLS } from '../tools.ts';
import type { Image, ImageConfig } from '../types.ts';
import { packagesOf, type Package } from '../packages/index.ts';

/** What an image is and holds, as far as two of them are compared. Sizes in bytes. */
export interface ImageSummary {
  readonly digest: Digest;
  /** `linux/amd64`. */
  readonly platform: string;
  /** `uncompressed`: the tars of all layers. `hidden`: files that are pulled and that a later layer replaces or deletes. */
  readonly size: { readonly compressed: number; readonly uncompressed: number; readonly hidden: number };
  readonly layers: number;
  readonly files: number;
  /** As the config says: `10001:10001`; empty is root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
  readonly ports: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute paths of shells, package managers and compilers. */
  readonly tools: {
    readonly shells: readonly string[];
    readonly packageManagers: readonly string[];
    readonly compilers: readonly string[];
  };
  /** Regular files with the setuid or setgid bit. */
  readonly setuid: readonly string[];
  /** Versions by ecosystem and name, `debian libc6`; of several, all. */
  readonly packages: ReadonlyMap<string, string>;
  /** Bytes of the files that a container sees, by path. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Reads an image to its end. Throws EnvironmentError where it is broken. */
export async function summaryOf(image: Image): Promise<ImageSummary> {
  const config = await image.config();
  const layers = await image.layers();
  const tree = await flatten(layers);
  const tars = await tarSizes(image);
  const sizes = sizesOf(tree);
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
  return {
    digest: await image.digest(),
    platform: `${config.os}/${config.architecture}`,
    size: {
      compressed: sum(layers.map(({ descriptor }) => descriptor.size)),
      uncompressed: tars.uncompressed,
      hidden: tars.files - sum(sizes.values()),
    },
    layers: layers.length,
    files: sizes.size,
    ...settingsOf(config),
    tools: { shells: programs(tree, SHELLS), packageManagers: programs(tree, PACKAGE_MANAGERS), compilers: programs(tree, COMPILERS) },
    setuid: [...tree.entries].flatMap(([path, { record }]) => (record.type === 'file' && (record.mode & 0o6000) !== 0 ? [`/${path}`] : [])),
    packages: versionsOf((await packagesOf(tree)).packages),
    sizes,
  };
}

/** Bytes of all tars, and of the files in them. */
async function tarSizes(image: Image): Promise<{ readonly uncompressed: number; readonly files: number }> {
  let [uncompressed, files] = [0, 0];
  const counted = async function* (tar: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of tar) {
      uncompressed += piece.length;
      yield piece;
    }
  };
  for (const layer of await image.layers())
    for await (const record of readLayerEntries(counted(layer.tar()))) files += record.type === 'file' ? record.sizeBytes : 0;
  return { uncompressed, files };
}

const settingsOf = ({ config = {} }: ImageConfig) => ({
  user: config.User ?? '',
  entrypoint: config.Entrypoint ?? [],
  command: config.Cmd ?? [],
  healthCheck: config.Healthcheck?.Test ?? [],
  ports: Object.keys(config.ExposedPorts ?? {}).toSorted(),
  environment: Object.fromEntries((config.Env ?? []).map((it) => [it.slice(0, it.indexOf('=')), it.slice(it.indexOf('=') + 1)])),
});

const sizesOf = (tree: ImageTree): ReadonlyMap<string, number> =>
  new Map([...tree.entries].flatMap(([path, { record, sizeBytes }]) => (record.type === 'file' ? [[path, sizeBytes] as const] : [])));

const COMPILERS = /^(?:gcc|g\+\+|cc|c\+\+|clang|make|go|rustc|cargo)(?:-\d+)?$/;
const BINARIES = /^(?:usr\/(?:local\/)?|opt\/venv\/|app\/\.venv\/)?s?bin\/([^/]+)$/;

/** Programs on the usual paths that really are there: links that lead nowhere are none. */
const programs = (tree: ImageTree, name: RegExp): string[] => [
  ...new Set(
    [...tree.entries.keys()].flatMap((path) => {
      const base = BINARIES.exec(path)?.[1];
      return base !== undefined && name.test(base) && tree.resolve(path) !== undefined ? [`/${path}`] : [];
    }),
  ),
];

function versionsOf(packages: readonly Package[]): ReadonlyMap<string, string> {
  const versions = new Map<string, Set<string>>();
  for (const { ecosystem, name, version } of packages) {
    const key = `${ecosystem} ${name}`;
    versions.set(key, (versions.get(key) ?? new Set()).add(version));
  }
  return new Map([...versions].map(([key, all]) => [key, [...all].toSorted().join(', ')]));
}
