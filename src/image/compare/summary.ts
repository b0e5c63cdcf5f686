import type { ImageTree } from '../layer/flatten.ts';
import type { TreeEntry } from '../layer/overlay.ts';
import { PACKAGE_MANAGERS, SHELLS } from '../tools.ts';
import type { ImageConfig } from '../types.ts';
import { ownersIn, packagesOf, type Installed, type Package } from '../packages/index.ts';
import type { ScannedImage, ScannedTree } from '../scan/index.ts';
import type { Digests } from './digests.ts';
import type { FileFacts } from './files.ts';

/** What an image is and holds, as far as two of them are compared. Sizes in bytes. */
export interface ImageSummary {
  readonly digest: string;
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
  /** Everything else that the config says, each by its name: `ENV PATH`, `LABEL maintainer`, `working folder`. */
  readonly settings: ReadonlyMap<string, string>;
  /** Absolute paths of shells, package managers and compilers. */
  readonly tools: {
    readonly shells: readonly string[];
    readonly packageManagers: readonly string[];
    readonly compilers: readonly string[];
  };
  /** Regular files with the setuid or setgid bit. */
  readonly setuid: readonly string[];
  readonly installed: Installed;
  /** Versions by ecosystem and name, `debian libc6`; of several, all. */
  readonly packages: ReadonlyMap<string, string>;
  /** The package, `debian libc6`, whose record names a path. */
  readonly owners: ReadonlyMap<string, string>;
  /** What a container sees, by path (relative, plain), as far as it is told apart from the other image's. */
  readonly contents: ReadonlyMap<string, FileFacts>;
  /** Bytes of the files among it, by path. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** An image that was looked through. */
export interface LookedThrough extends ScannedImage {
  readonly tree: ScannedTree;
}

/** `digests`: of contents, by path, where there is something to compare them with. */
export async function summaryOf({ digest, config, layers, scanned, tree }: LookedThrough, digests: Digests): Promise<ImageSummary> {
  const installed = await packagesOf(tree);
  const { packages } = installed;
  const sizes = sizesOf(tree);
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
  const written = scanned.flatMap(({ records }) => records.map((it) => (it.type === 'file' ? it.sizeBytes : 0)));
  return {
    digest,
    platform: `${config.os}/${config.architecture}`,
    size: {
      compressed: sum(layers.map(({ compressed }) => compressed)),
      uncompressed: sum(scanned.map(({ tarBytes }) => tarBytes)),
      hidden: sum(written) - sum(sizes.values()),
    },
    layers: layers.length,
    files: sizes.size,
    ...settingsOf(config),
    tools: { shells: programs(tree, SHELLS), packageManagers: programs(tree, PACKAGE_MANAGERS), compilers: programs(tree, COMPILERS) },
    setuid: [...sizes.keys()].flatMap((path) => (((tree.entries.get(path)?.record.mode ?? 0) & 0o6000) === 0 ? [] : [`/${path}`])),
    installed,
    packages: versionsOf(packages),
    owners: new Map([...ownersIn(tree, packages)].map(([path, { ecosystem, name }]) => [path, `${ecosystem} ${name}`])),
    contents: new Map([...tree.entries].map(([path, entry]) => [path, factsOf(entry, digests.get(path))])),
    sizes,
  };
}

function factsOf({ record, sizeBytes, content }: TreeEntry, digest = ''): FileFacts {
  const { mode, uid, gid, mtimeSeconds, xattrs = new Map<string, Uint8Array>() } = record;
  return {
    // A hard link is a file like the one that it was made from.
    type: record.type === 'hardlink' ? 'file' : record.type,
    sizeBytes,
    mode,
    uid,
    gid,
    // Tables of contents have no fractions: stargz-snapshotter, estargz.go, `formatModtime`.
    mtimeSeconds: Math.round(mtimeSeconds),
    content: content ? digest : leadsTo(record),
    attributes: [...xattrs]
      .map(([name, value]) => `${name}=${Buffer.from(value).toString('base64')}`)
      .toSorted()
      .join(' '),
  };
}

const leadsTo = (record: TreeEntry['record']): string =>
  'device' in record ? `${record.device.major}:${record.device.minor}` : 'target' in record ? record.target : '';

const settingsOf = ({ config = {} }: ImageConfig) => ({
  user: config.User ?? '',
  entrypoint: config.Entrypoint ?? [],
  command: config.Cmd ?? [],
  healthCheck: config.Healthcheck?.Test ?? [],
  settings: new Map([
    ...(config.Env ?? []).map((it) => [`ENV ${it.slice(0, it.indexOf('='))}`, it.slice(it.indexOf('=') + 1)] as const),
    ...Object.entries(config.Labels ?? {}).map(([name, value]) => [`LABEL ${name}`, value] as const),
    ...Object.keys(config.ExposedPorts ?? {}).map((port) => [`EXPOSE ${port}`, 'yes'] as const),
    ...Object.keys(config.Volumes ?? {}).map((path) => [`VOLUME ${path}`, 'yes'] as const),
    ...(config.WorkingDir ? [['working folder', config.WorkingDir] as const] : []),
    ...(config.StopSignal ? [['stop signal', config.StopSignal] as const] : []),
    ...(config.Healthcheck ? [['health check’s times', timesOf(config.Healthcheck)] as const] : []),
  ]),
});

/** Nanoseconds in seconds: what is not there is Docker's default. */
const timesOf = ({ Interval, Timeout, StartPeriod, Retries }: NonNullable<NonNullable<ImageConfig['config']>['Healthcheck']>): string =>
  [
    ...Object.entries({ every: Interval, 'for at most': Timeout, after: StartPeriod }).map(([what, time]) =>
      time === undefined ? '' : `${what} ${time / 1e9} s`,
    ),
    Retries === undefined ? '' : `${Retries} times`,
  ]
    .filter(Boolean)
    .join(', ');

const placeOf = (content: { readonly layer: number; readonly offset: number }): string => `${content.layer} ${content.offset}`;

/** Each content once: what has several names goes by the first. The name that was written with it may be gone. */
function sizesOf(tree: ImageTree): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const seen = new Set<string>();
  for (const [path, { content, sizeBytes }] of tree.entries) {
    if (!content || seen.has(placeOf(content))) continue;
    seen.add(placeOf(content));
    sizes.set(path, sizeBytes);
  }
  return sizes;
}

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
