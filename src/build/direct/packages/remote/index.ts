import { readText, UserError, type Files } from '../../../../base/index.ts';
import { keyOf } from '../../../../base/node.ts';
import type { Plan } from '../../../../plan/index.ts';
import type { LockedSource } from '../../../types.ts';
import { lockedLines } from '../../python/index.ts';
import type { SourceTree } from '../source-tree.ts';
import type { Workshop } from '../workshop.ts';
import { fetchArchive } from './archive.ts';
import { fetchCommit, isCommit, type FetchedCommit } from './git.ts';
import { remoteSource, sourcesIn, type RemoteSource } from './source.ts';
import { treeIn } from './tree.ts';

export type { RemoteSource } from './source.ts';

/** A source with its files, and what pins it. */
export interface FetchedSource {
  readonly source: RemoteSource;
  readonly locked: LockedSource;
  readonly tree: SourceTree;
}

/** The dependencies that a plan has by the URL of a git repository or of an archive of sources, fetched. None: empty. */
export async function remoteSources(shop: Workshop): Promise<readonly FetchedSource[]> {
  const fetched: FetchedSource[] = [];
  for (const source of await namedSources(shop)) fetched.push(await fetchedSource(source, shop));
  return fetched;
}

/** Those of the repository's own lock; without one, those of its manifests. Sorted by name. */
async function namedSources({ plan, files, tools, job }: Workshop): Promise<readonly RemoteSource[]> {
  const own = new Set([...(plan.recipe.local ?? []), ...(plan.recipe.own ? [plan.recipe.own] : [])].map(({ name }) => name));
  const locked = await lockedLines(plan, files, tools, job.store, own);
  const found = locked ? sourcesIn(locked.text, { file: locked.file }) : await askedSources(plan, files);
  const byName = new Map<string, RemoteSource>();
  for (const source of found) refuseLogin(source);
  for (const source of found) if (!own.has(source.name)) byName.set(source.name, sameOf(byName.get(source.name), source));
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function askedSources({ service, recipe }: Plan, files: Files): Promise<readonly RemoteSource[]> {
  const asked = service.python.requirements.filter(({ value }) => value.url !== undefined);
  const source = recipe.dependencies;
  if (asked.length === 0) return [];
  // Requirements files may have hashes, which no fact holds.
  const paths = source?.kind === 'requirements' ? source.files : [];
  const texts = await Promise.all(paths.map(async (file) => sourcesIn(await readText(files, file), { file })));
  return asked.flatMap(({ value, because }) => {
    const at = because.find((each) => each.from === 'file');
    const written = texts.flat().find(({ url }) => url === value.url)?.from;
    const hashes = written?.kind === 'archive' && written.sha256 !== undefined ? [`sha256:${written.sha256}`] : [];
    return remoteSource({ ...value, url: value.url ?? '', hashes, at: at && { file: at.file, ...at.range.start } }) ?? [];
  });
}

/** A lock may name one twice, under two markers. */
function sameOf(before: RemoteSource | undefined, source: RemoteSource): RemoteSource {
  if (!before) return source;
  if (before.url !== source.url)
    throw new UserError(`\`${source.name}\` comes from two addresses`, 'name it once, for all platforms', source.at);
  return { ...source, marker: before.marker && source.marker ? `(${before.marker}) or (${source.marker})` : undefined };
}

async function fetchedSource(source: RemoteSource, shop: Workshop): Promise<FetchedSource> {
  const { job } = shop;
  const known = job.lock?.sources?.find((each) => each.name === source.name && each.url === keptUrl(source));
  const { id, locked, digest } = source.from.kind === 'git' ? await byGit(source, known, shop) : await byHash(source, known, shop);
  return { source, locked, tree: await treeIn(await job.store.pathOf(digest), id, source) };
}

async function byGit(source: RemoteSource, known: LockedSource | undefined, { job }: Workshop) {
  if (source.from.kind !== 'git') throw new Error('no git source');
  const git = { ...source, from: source.from };
  const rev = known?.commit ?? source.from.rev;
  if (!isCommit(rev)) refuseLocked(source, job.locked);
  const fetch = (): Promise<FetchedCommit> => fetching(source, job, () => fetchCommit(git, rev, job.store, job.signal));
  const { commit, tar } = isCommit(rev)
    ? await job.store.once<FetchedCommit>('sources', keyOf({ version: 1, repository: source.from.repository, commit: rev }), async () => {
        const value = await fetch();
        return { value, blobs: [value.tar] };
      })
    : await fetch();
  return { id: commit, locked: { name: source.name, url: keptUrl(source), commit }, digest: tar };
}

async function byHash(source: RemoteSource, known: LockedSource | undefined, { job }: Workshop) {
  if (source.from.kind !== 'archive') throw new Error('no archive');
  const archive = { ...source, from: source.from };
  const sha256 = source.from.sha256 ?? known?.sha256;
  if (sha256 === undefined) refuseLocked(source, job.locked);
  const digest = await fetching(source, job, () => fetchArchive(archive, sha256, job.store, job.signal));
  return { id: digest, locked: { name: source.name, url: keptUrl(source), sha256: digest.slice('sha256:'.length) }, digest };
}

/** For plimsoll.lock: storage services sign in queries. */
const keptUrl = ({ url }: RemoteSource): string => url.replace(/\?[^#]*/, '');

/** Readers of manifests refuse such a line themselves; a lock may have one too. `git` is a user that everybody knows. */
function refuseLogin({ name, url, at }: RemoteSource): void {
  if (!/^[a-z+]+:\/\/(?!git@|\$\{)[^/\s@]+@/i.test(url)) return;
  throw new UserError(
    `the URL of \`${name}\` holds a login`,
    'take it out and change it; `${NAME}` in its place is read from the environment',
    at,
  );
}

async function fetching<T>({ name }: RemoteSource, { progress }: Workshop['job'], work: () => Promise<T>): Promise<T> {
  progress({ task: 'packages', detail: `fetching ${name}` });
  return work().finally(() => progress({ task: 'packages', done: true }));
}

function refuseLocked({ name }: RemoteSource, locked: boolean): void {
  if (!locked) return;
  throw new UserError(`plimsoll.lock does not say which sources \`${name}\` is built of`, 'run `plimsoll pin`, and commit plimsoll.lock', {
    file: 'plimsoll.lock',
  });
}
