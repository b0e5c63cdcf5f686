import { basename, join, relative } from 'node:path';
import { UserError, type Progress } from '../base/index.ts';
import { openStore, runProcess, type Store } from '../base/node.ts';
import type { Built, Lock } from '../build/index.ts';
import {
  formatName,
  writeDockerArchive,
  writeLayout,
  writeOciArchive,
  type Image,
  type LayerSize,
  type Platform,
  type RegistryName,
} from '../image/index.ts';
import type { BuildSummary } from '../report/index.ts';
import { withSbom } from './attach-sbom.ts';
import { engineOf } from './engine.ts';
import { hostPlatform, type BuildOptions } from './options.ts';
import { OUTPUT_FOLDER, parseOutput, prepareOutputFolder, type Output } from './output.ts';
import { LOCK_FILE, type Project } from './project.ts';
import { destinationOf } from './push.ts';
import { saveLock } from './save-lock.ts';

export interface BuiltImage {
  readonly image: Image;
  readonly built: Built;
  readonly summary: BuildSummary;
}

/** Builds for every platform asked for, writes the output and plimsoll.lock. One result per platform, in that order. */
export async function buildProject(
  project: Project,
  options: BuildOptions,
  progress: Progress,
  signal: AbortSignal,
  open?: Store,
): Promise<BuiltImage[]> {
  const store = open ?? (await openStore());
  try {
    const output = parseOutput(options.output, project.root);
    refuseAttestations(output, options);
    const platforms = options.platform ?? [hostPlatform()];
    const began = performance.now();
    const createdSeconds = await createdAt(options.created, project.root);
    const revision = options.created === 'git' ? await revisionOf(project.root) : undefined;
    const builds: { built: Built; platform: Platform; took: number }[] = [];
    const engine = engineOf(options);
    let lock = project.lock;
    for (const platform of platforms) {
      signal.throwIfAborted();
      const from = performance.now();
      const built = await engine.build(project.plan, project.files, {
        platform,
        store,
        progress,
        createdSeconds,
        ...(revision === undefined ? {} : { revision }),
        folder: project.root,
        ...(lock ? { lock } : {}),
        locked: options.locked === true,
        signal,
      });
      lock = built.lock ?? lock;
      builds.push({ built, platform, took: performance.now() - from });
    }
    const tag = options.tag ?? tagOf(project);
    const images = await Promise.all(
      builds.map(async ({ built }) => (hasOwnSbom(options) ? withSbom(built.image, tag, lock) : built.image)),
    );
    await writeImages(images, output, tag, project.root);
    const lockNote = lock ? await keepLock(project.root, lock) : undefined;
    const ref = refOf(output, tag, destinationOf(options));
    const total = performance.now() - began;
    return await Promise.all(
      builds.map(async ({ built, platform, took }, index) => ({
        image: images[index] ?? built.image,
        built,
        summary: await summarise(built, platform, ref, { ...built.timings, build: took, total }, lockNote),
      })),
    );
  } finally {
    if (!open) await store.close();
  }
}

/** Before anything is built. */
function refuseAttestations({ kind }: Output, { provenance, sbom, sbomGenerator }: BuildOptions): void {
  if (kind !== 'docker-archive' || (provenance ?? sbom ?? sbomGenerator) === undefined) return;
  throw new UserError('a Docker archive holds no provenance and no SBOM', 'write `oci:DIR` or `oci-archive:FILE`');
}

/** BuildKit makes its own. */
const hasOwnSbom = ({ engine, sbom }: BuildOptions): boolean => engine === 'direct' && sbom === true;

function tagOf({ plan, config }: Project): string {
  return `${config.name ?? plan.service.name.value}:${(plan.service.version?.value ?? 'latest').replaceAll(/[^\w.-]/g, '-')}`;
}

async function writeImages(images: readonly Image[], output: Output, tag: string, root: string): Promise<void> {
  if (output.kind === 'registry') return;
  if (output.path.startsWith(join(root, OUTPUT_FOLDER))) await prepareOutputFolder(root);
  if (output.kind === 'oci') return void (await writeLayout(output.path, images, tag));
  if (output.kind === 'oci-archive') return writeOciArchive(output.path, images, tag);
  const [image, ...more] = images;
  if (!image || more.length > 0)
    throw new UserError('a Docker archive holds one platform', 'build one platform, or write `oci-archive:FILE`');
  return writeDockerArchive(output.path, image, tag);
}

/** As skopeo writes it. */
function refOf(output: Output, tag: string, destination: RegistryName | undefined): string {
  if (output.kind === 'registry') return `docker://${destination ? formatName(destination) : tag}`;
  const path = relative(process.cwd(), output.path);
  return `${output.kind}:${path.startsWith('..') ? output.path : path || basename(output.path)}:${tag}`;
}

/** Writes the lock; the note says so where it changed. */
async function keepLock(root: string, lock: Lock): Promise<string | undefined> {
  const state = await saveLock(root, lock);
  if (state === 'same') return undefined;
  return `${LOCK_FILE} was ${state === 'written' ? 'written' : 'brought up to date'}: it keeps the next build on the same versions; commit it`;
}

async function summarise(
  built: Built,
  platform: Platform,
  ref: string,
  timings: Record<string, number>,
  lockNote: string | undefined,
): Promise<BuildSummary> {
  const sizes = built.layers.map((l) => ({
    digest: l.descriptor.digest,
    createdBy: l.createdBy,
    compressed: l.descriptor.size,
    uncompressed: l.uncompressedSize,
  }));
  return {
    image: imageSummary(await built.image.digest(), ref, platform, sizes),
    timings: Object.fromEntries(Object.entries(timings).map(([name, ms]) => [name, Math.round(ms)])),
    notes: [...built.notes, ...(lockNote === undefined ? [] : [lockNote])],
  };
}

/** An image as `--json` and the reports show it. */
export function imageSummary(
  digest: string,
  ref: string,
  { os, architecture }: Platform,
  sizes: readonly LayerSize[],
): BuildSummary['image'] {
  const sum = (key: 'compressed' | 'uncompressed'): number => sizes.reduce((total, size) => total + size[key], 0);
  return {
    digest,
    ref,
    platform: `${os}/${architecture}`,
    size: { compressed: sum('compressed'), uncompressed: sum('uncompressed') },
    layers: sizes.map(({ createdBy, ...size }, index) => ({
      name: createdBy?.replace(/^plimsoll: /, '') ?? `layer ${index + 1}`,
      ...size,
    })),
  };
}

/** The last commit, where the folder is as it was committed: else nobody finds there what the image holds. */
async function revisionOf(root: string): Promise<string | undefined> {
  const [head, changes] = await Promise.all([
    runProcess({ argv: ['git', '-C', root, 'rev-parse', 'HEAD'] }),
    runProcess({ argv: ['git', '-C', root, 'status', '--porcelain', '--', '.'] }),
  ]);
  return head.code === 0 && changes.code === 0 && changes.stdout.trim() === '' ? head.stdout.trim() : undefined;
}

/** `--created`, then SOURCE_DATE_EPOCH (reproducible-builds.org), then the epoch. */
async function createdAt(option: string | undefined, root: string): Promise<number> {
  if (option === 'git') {
    const end = await runProcess({ argv: ['git', '-C', root, 'log', '-1', '--format=%ct'] });
    if (end.code !== 0)
      throw new UserError('`--created git`: this is not a git repository with a commit', 'commit first, or pass seconds since 1970');
    return Number(end.stdout.trim());
  }
  const text = option ?? process.env['SOURCE_DATE_EPOCH'] ?? '0';
  if (!/^\d{1,11}$/.test(text))
    throw new UserError(
      `\`${text}\` is no date in seconds since 1970`,
      option === undefined ? 'mend SOURCE_DATE_EPOCH' : 'pass `--created git` or a number',
    );
  return Number(text);
}
