import { dirname, join, resolve } from 'node:path';
import { readFile } from 'node:fs/promises';
import { errorCode, normalizedName, UserError } from '../base/index.ts';
import { storeRoot, type Store } from '../base/node.ts';
import { securityUpdates } from '../build/index.ts';
import type { Config } from '../config/index.ts';
import { installedIn, writeLayout, type Image, type Installed, type Package } from '../image/index.ts';
import {
  directNames,
  judge,
  readVex,
  remembered,
  scan,
  sourcesFor,
  tool,
  type IgnoreEntry,
  type Judgement,
  type Policy,
  type Scan,
  type Scanned,
  type Source,
  type Threshold,
  type Tool,
} from '../scan/index.ts';
import type { Project } from './project.ts';
import type { Screen } from './ship-project.ts';

export interface ScanWishes {
  readonly failOn?: Threshold;
  readonly ignoreUnfixed?: boolean;
  readonly allowUnknown?: boolean;
  readonly offline?: boolean;
  readonly database?: string;
  readonly osv?: string;
  readonly with?: Tool;
  readonly applyVex?: readonly string[];
}

/** One request, while a person waits: longer than in a proof. Milliseconds. */
export const PERSON_WAITS_MS = 20_000;

export interface ScanWork {
  readonly store: Store;
  readonly screen: Screen;
  /** Answers as old as that are taken from the store; 0: everybody is asked anew. Milliseconds. */
  readonly forMs: number;
  /** One request. Milliseconds. */
  readonly withinMs: number;
  /** Of the image, where it was read already. */
  readonly installed?: Installed;
}

/** Where `--update-database` puts it when nobody says: beside the store, which may throw away what it holds. */
export const databaseFolder = (): string => join(dirname(storeRoot()), 'osv');

/** What is installed in an image, and which of it the repository asks for itself. */
export async function scannedOf(image: Image, project: Project | undefined, installed?: Installed): Promise<Scanned> {
  const { packages: all, unread } = installed ?? (await installedIn(image));
  // What a distribution packaged of a language is its own: it mends that under the old version's name.
  const owned = new Set(all.filter(isOfSystem).flatMap(({ files }) => files));
  const { own, local = [] } = project?.plan.recipe ?? {};
  const ours = new Set([...(own ? [own] : []), ...local].map(({ name }) => normalizedName(name)));
  const isOurs = ({ ecosystem, name, origin = '' }: Package): boolean =>
    (ecosystem === 'python' && ours.has(normalizedName(name))) || isFolder(origin);
  const packages = all.filter((one) => isOfSystem(one) || (!owned.has(one.path) && !isOurs(one)));
  const { requirements } = project?.plan.service.python ?? { requirements: [] };
  return {
    packages,
    unread,
    own: all.filter(isOurs).map(({ name }) => name),
    ...(requirements.length > 0
      ? {
          direct: directNames(
            'python',
            requirements.map(({ value }) => value.name),
          ),
        }
      : {}),
  };
}

/** A URL of PEP 610 that names a folder on a disk. An archive there is mostly a wheel that an earlier stage got of the index. */
const isFolder = (origin: string): boolean => origin.startsWith('file:') && !/\.(?:whl|zip|tar|tgz|tbz|txz|tar\.\w+)$/i.test(origin);

const isOfSystem = ({ ecosystem }: Package): boolean => ecosystem !== 'python' && ecosystem !== 'npm';

/** Scans an image by plimsoll.yaml and options, which go first. */
export async function scanImage(
  image: Image,
  project: Project | undefined,
  wishes: ScanWishes,
  work: ScanWork,
): Promise<{ readonly scan: Scan; readonly judgement: Judgement; readonly policy: Policy }> {
  const settings = project?.config.scan ?? {};
  const nowMs = Date.now();
  const scanned = await scannedOf(image, project, work.installed);
  const policy = await policyOf(image, settings, project?.root, wishes, nowMs);
  const sources = await sourcesOf(image, scanned, project, wishes, work);
  work.screen.progress({ task: 'vulnerabilities', detail: sources.map(({ name }) => name).join(', ') });
  const found = await scan(scanned, sources, { nowMs, withinMs: work.withinMs, signal: work.screen.signal });
  work.screen.progress({ task: 'vulnerabilities', done: true });
  return { scan: found, judgement: judge(found, policy), policy };
}

async function sourcesOf(
  image: Image,
  { packages }: Scanned,
  project: Project | undefined,
  wishes: ScanWishes,
  work: ScanWork,
): Promise<readonly Source[]> {
  const settings = project?.config.scan ?? {};
  const { store, screen } = work;
  if (wishes.with !== undefined) {
    const layout = async (): Promise<string> => {
      const folder = join(await store.temporary(), 'image');
      await writeLayout(folder, [image]);
      return folder;
    };
    return [tool(wishes.with, layout, wishes.offline === true)];
  }
  const inRepository = settings.database === undefined || project === undefined ? undefined : resolve(project.root, settings.database);
  const path = wishes.database ?? inRepository ?? (wishes.offline === true ? databaseFolder() : undefined);
  const osv = wishes.osv ?? settings.osv;
  const sources = await sourcesFor(packages, {
    ...settings,
    database: path,
    osv,
    offline: wishes.offline,
    openSuite: (release, architecture, { signal }) => securityUpdates(release, architecture, { store, progress: screen.progress, signal }),
  });
  const where = JSON.stringify([osv, settings.pypi, settings.npm, settings.debianTracker, process.env['PIP_INDEX_URL']]);
  return work.forMs === 0 || path !== undefined ? sources : sources.map((source) => remembered(source, store, where, work.forMs));
}

async function policyOf(
  image: Image,
  settings: NonNullable<Config['scan']>,
  root: string | undefined,
  wishes: ScanWishes,
  nowMs: number,
): Promise<Policy> {
  const named = [...(settings.vex ?? []).map((file) => resolve(root ?? '.', file)), ...(wishes.applyVex ?? [])];
  const digest = await image.digest();
  const vex = await Promise.all(named.map(async (file) => readVex(await textOf(file), file, digest)));
  const ignore: readonly IgnoreEntry[] = settings.ignore ?? [];
  return {
    failOn: wishes.failOn ?? settings.failOn ?? 'any',
    ignoreUnfixed: wishes.ignoreUnfixed ?? settings.ignoreUnfixed,
    allowUnknown: wishes.allowUnknown ?? settings.allowUnknown,
    ignore,
    vex: vex.flat(),
    nowMs,
  };
}

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError(`${file} cannot be read (${errorCode(error) ?? 'unknown'})`, 'name a VEX document, OpenVEX or CycloneDX as JSON');
  });
