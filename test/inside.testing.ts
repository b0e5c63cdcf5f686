import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { has, isRoot, plimsoll, run } from './plimsoll.ts';

/** Names and versions, `name@version`, sorted, each once. */
interface Sets {
  readonly debian: readonly string[];
  readonly python: readonly string[];
}

/** Why nobody can be asked here what an image holds. */
export const whyNobodyToAsk = has('dpkg-query') && has('pip') ? undefined : 'dpkg-query or pip is not installed';

/**
 * Holds what `plimsoll sbom` names in an image, an OCI layout, to what dpkg-query and pip name: those in the image where it
 * has them, else this machine's, given the image's files. Then, that these look at it: that they name one less where the
 * record of one is gone.
 */
export async function expectSameInside(layout: string, folder: string): Promise<void> {
  const root = join(folder, 'root');
  const path = unpack(layout, root);
  const inside = askedIn(root, path, folder);
  expect(await namedBy(layout)).toEqual(inside);
  takeOneAway(root);
  const left = askedIn(root, path, folder);
  expect([inside.debian.length - left.debian.length, inside.python.length - left.python.length]).toEqual([1, 1]);
}

const set = (all: readonly string[]): readonly string[] => [...new Set(all)].toSorted();
/** As installers compare names: the packaging specifications, "Names and normalization". */
const normal = (name: string): string => name.replaceAll(/[-_.]+/g, '-').toLowerCase();

async function namedBy(layout: string): Promise<Sets> {
  const end = await plimsoll(['sbom', layout]);
  expect(end.code, end.stderr).toBe(0);
  const { components } = JSON.parse(end.stdout) as { components: readonly { name: string; version: string; purl?: string }[] };
  const of = (type: string): typeof components => components.filter(({ purl }) => purl?.startsWith(`pkg:${type}/`));
  return {
    debian: set(of('deb').map(({ name, version }) => `${name}@${version}`)),
    python: set(of('pypi').map(({ name, version }) => `${normal(name)}@${version}`)),
  };
}

/** Unpacks a layout's image with tar(1), what its layers delete gone; the PATH of its settings. */
function unpack(layout: string, root: string): string {
  const blob = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'));
  const json = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
  const { manifests } = json<{ manifests: readonly [{ digest: string }] }>(join(layout, 'index.json'));
  const { layers, config } = json<{ layers: readonly { digest: string }[]; config: { digest: string } }>(blob(manifests[0].digest));
  mkdirSync(root, { recursive: true });
  for (const { digest } of layers) {
    const names = run(layout, 'tar', '-tf', blob(digest)).split('\n');
    for (const name of names.filter((it) => basename(it).startsWith('.wh.'))) {
      const inFolder = join(root, dirname(name));
      const deleted = basename(name) === '.wh..wh..opq' ? (existsSync(inFolder) ? readdirSync(inFolder) : []) : [basename(name).slice(4)];
      for (const each of deleted) rmSync(join(inFolder, each), { recursive: true, force: true });
    }
    run(layout, 'tar', '-xf', blob(digest), '--exclude=.wh.*', '--exclude=dev/*', '-C', root);
  }
  const { Env = [] } = json<{ config: { Env?: readonly string[] } }>(blob(config.digest)).config;
  return Env.find((it) => it.startsWith('PATH='))?.slice(5) ?? '/usr/local/bin:/usr/bin:/bin';
}

const askedIn = (root: string, path: string, folder: string): Sets => ({
  debian: debianIn(root, path, folder),
  python: pythonIn(root, path),
});

/** The words that run a program of the image in it, where it has it. */
function ofImage(root: string, path: string, program: string): readonly string[] | undefined {
  const place = path.split(':').find((it) => existsSync(join(root, it, program)));
  return place === undefined ? undefined : [...(isRoot ? [] : ['unshare', '-r']), 'chroot', root, join(place, program)];
}

/** Folders of Python's distributions, below the image's root. */
const sitesIn = (root: string): readonly string[] =>
  run(root, 'find', '.', '-type', 'd', '(', '-name', 'site-packages', '-o', '-name', 'dist-packages', ')', '-print')
    .trim()
    .split('\n')
    .toSorted();

function pythonIn(root: string, path: string): readonly string[] {
  const inside = ofImage(root, path, 'pip');
  // A folder at a time: of two in one list pip names the first alone.
  const listed = sitesIn(root).flatMap((site) => {
    const folder = inside ? site.replace(/^\./, '') : join(root, site);
    const text = run(root, ...(inside ?? ['pip']), 'list', '--disable-pip-version-check', '--format', 'json', '--path', folder);
    return JSON.parse(text) as readonly { name: string; version: string }[];
  });
  return set(listed.map(({ name, version }) => `${normal(name)}@${version}`));
}

function debianIn(root: string, path: string, folder: string): readonly string[] {
  const query = ['--show', '--showformat', '${db:Status-Status} ${Package}@${Version}\\n'];
  const text = run(root, ...(ofImage(root, path, 'dpkg-query') ?? ['dpkg-query', `--admindir=${databaseOf(root, folder)}`]), ...query);
  return set(text.split('\n').flatMap((line) => /^installed (.+)$/.exec(line)?.[1] ?? []));
}

/**
 * dpkg-query reads `status` alone, and names nothing of distroless' `status.d`, a file for each package: it gets these
 * paragraphs as a `status` of its own.
 */
function databaseOf(root: string, folder: string): string {
  const database = join(root, DATABASE);
  if (existsSync(join(database, 'status'))) return database;
  expect(run(root, 'dpkg-query', `--admindir=${database}`, '--show')).toBe('');
  const own = join(folder, 'dpkg');
  mkdirSync(own, { recursive: true });
  writeFileSync(
    join(own, 'status'),
    partsIn(root)
      .map((path) => `${readFileSync(path, 'utf8').trim()}\n\n`)
      .join(''),
  );
  return own;
}

const DATABASE = 'var/lib/dpkg';
const partsIn = (root: string): readonly string[] =>
  readdirSync(join(root, DATABASE, 'status.d'))
    .filter((name) => !name.endsWith('.md5sums'))
    .map((name) => join(root, DATABASE, 'status.d', name));

/** Takes the record of a package of each kind away. */
function takeOneAway(root: string): void {
  const status = join(root, DATABASE, 'status');
  if (existsSync(status)) writeFileSync(status, readFileSync(status, 'utf8').replace(/^[\s\S]*?\n\n/, ''));
  else rmSync(partsIn(root)[0]!);
  const [record] = sitesIn(root).flatMap((site) =>
    readdirSync(join(root, site)).flatMap((name) => (name.endsWith('.dist-info') ? [join(root, site, name)] : [])),
  );
  rmSync(record!, { recursive: true });
}
