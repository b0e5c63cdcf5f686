import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Descriptor, ImageConfig } from '../image/index.ts';
import { plainLayer, type PlainEntry } from './python-image.test-support.ts';

/** Files of a service by path. */
export type ServiceFiles = Readonly<Record<string, string>>;

/** One way to break a service or its image, which one gate must find. Nothing in it tells a gate that it is one. */
export type Sabotage = {
  /** What was broken, as the end of "fails when …". */
  readonly name: string;
  /** Folder below fixtures/. */
  readonly service: string;
  /** Other gates that this breaks as well, because it breaks their promise too. */
  readonly alsoFails?: readonly string[];
  /** A program of this machine without which it cannot be tried. */
  readonly needs?: string;
  /** Options of `ship`. */
  readonly options?: readonly string[];
  /** For a gate that is measured only where it is named: these alone are. */
  readonly only?: readonly string[];
} &
  /** With `editConfig` the built image's config is changed as well. */
  (
    | { readonly edit: (files: ServiceFiles) => ServiceFiles; readonly editConfig?: (config: ImageConfig) => ImageConfig }
    /** For what no source can say. */
    | { readonly editConfig: (config: ImageConfig) => ImageConfig }
    /** For what no service can bring in: as if one more step of a Dockerfile had made these files. */
    | { readonly layer: readonly PlainEntry[] }
  );

/** Replaces text that must be there, in one file. */
export function replaceIn(path: string, before: string, after: string): (files: ServiceFiles) => ServiceFiles {
  return (files) => {
    const text = files[path];
    if (text === undefined || !text.includes(before)) throw new Error(`${path} has no \`${before}\`: the fixture has changed`);
    return { ...files, [path]: text.replace(before, after) };
  };
}

export const addFiles =
  (added: ServiceFiles) =>
  (files: ServiceFiles): ServiceFiles => ({ ...files, ...added });

export const inTurn =
  (...edits: readonly ((files: ServiceFiles) => ServiceFiles)[]) =>
  (files: ServiceFiles): ServiceFiles =>
    edits.reduce((so, edit) => edit(so), files);

/** What the command line said. */
export interface Shipped {
  readonly exitCode: number | null;
  /** Outcome by gate. */
  readonly outcomes: ReadonlyMap<string, string>;
  /** For people who read a failed test. */
  readonly text: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(ROOT, 'dist/plimsoll.js');

/** Puts a folder through `plimsoll ship`, or what was built there through `plimsoll prove`, as anyone would. */
export const ship = (folder: string, { only = [], options = [] }: Pick<Sabotage, 'only' | 'options'> = {}): Promise<Shipped> =>
  run(['ship', folder, '--json', ...options, ...onlyThese(only)]);
export const proveAgain = (folder: string, only: readonly string[] = []): Promise<Shipped> =>
  run(['prove', folder, '--image', `oci:${imageFolder(folder)}`, '--json', ...onlyThese(only)]);
const onlyThese = (ids: readonly string[]): readonly string[] => (ids.length > 0 ? ['--only', ids.join(',')] : []);

async function run(args: readonly string[]): Promise<Shipped> {
  const { code, stdout, stderr } = await new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: Buffer[][] = [[], []];
    child.stdout.on('data', (piece: Buffer) => out!.push(piece));
    child.stderr.on('data', (piece: Buffer) => err!.push(piece));
    child.once('error', reject);
    child.once('close', (exitCode) =>
      resolve({ code: exitCode, stdout: Buffer.concat(out!).toString(), stderr: Buffer.concat(err!).toString() }),
    );
  });
  if (stdout === '') throw new Error(`plimsoll ${args.join(' ')} ended with ${code}:\n${stderr}`);
  const { gates } = JSON.parse(stdout) as {
    readonly gates: readonly { readonly id: string; readonly outcome: string; readonly why?: string }[];
  };
  return {
    exitCode: code,
    outcomes: new Map(gates.map((it) => [it.id, it.outcome])),
    text: gates.map((it) => `${it.id}: ${it.outcome} ${it.why ?? ''}`).join('\n'),
  };
}

/** Gates that fail in `broken` and did not in `healthy`, in the order of the report. */
export const newlyFailed = (healthy: Shipped, broken: Shipped): string[] =>
  [...broken.outcomes].filter(([id, outcome]) => outcome === 'failed' && healthy.outcomes.get(id) !== 'failed').map(([id]) => id);

/** The text files of a fixture's service. */
export function serviceFiles(service: string): ServiceFiles {
  const root = join(ROOT, 'fixtures', service, 'service');
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !/(^|\/)(\.plimsoll|__pycache__|plimsoll\.lock)/.test(path) && statSync(join(root, path)).isFile(),
  );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

export function layOut(files: ServiceFiles, folder: string): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const imageFolder = (folder: string): string => join(folder, '.plimsoll/image');

type Described = Pick<Descriptor, 'mediaType' | 'digest' | 'size' | 'artifactType'>;

/** Changes the config and the layers of the image that was built in a folder, and what names them: manifest and index. */
function rewrite(folder: string, edit: (config: ImageConfig, layers: Described[]) => ImageConfig): void {
  const layout = imageFolder(folder);
  const read = (digest: string): unknown => JSON.parse(readFileSync(blobAt(layout, digest), 'utf8'));
  const write = (value: unknown): Pick<Described, 'digest' | 'size'> => putBlob(layout, Buffer.from(JSON.stringify(value)));
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: Described[] };
  const renewed = new Map<string, Described>();
  const images = index.manifests.filter((described) => described.artifactType === undefined);
  const manifests = images.map((described) => {
    const manifest = read(described.digest) as { config: Described; layers: Described[] };
    const layers = [...manifest.layers];
    const config = { ...manifest.config, ...write(edit(read(manifest.config.digest) as ImageConfig, layers)) };
    const fresh = { ...described, ...write({ ...manifest, config, layers }) };
    renewed.set(described.digest, fresh);
    return fresh;
  });
  // What was attached is attached again, as who changes an image and keeps its list would do.
  const attached = index.manifests.flatMap((described) => {
    const manifest = read(described.digest) as { subject?: Described };
    const subject = renewed.get(manifest.subject?.digest ?? '');
    return subject
      ? [{ ...described, ...write({ ...manifest, subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size } }) }]
      : [];
  });
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ ...index, manifests: [...manifests, ...attached] }));
}

export const rewriteConfig = (folder: string, edit: (config: ImageConfig) => ImageConfig): void => rewrite(folder, edit);

/** Puts a layer over the image that was built in a folder. */
export async function addLayer(folder: string, entries: readonly PlainEntry[]): Promise<void> {
  const pieces: Uint8Array[] = [];
  for await (const piece of plainLayer(entries).tar()) pieces.push(piece);
  const tar = { mediaType: 'application/vnd.oci.image.layer.v1.tar', ...putBlob(imageFolder(folder), Buffer.concat(pieces)) };
  rewrite(folder, (config, layers) => {
    layers.push(tar);
    return {
      ...config,
      rootfs: { ...config.rootfs, diff_ids: [...config.rootfs.diff_ids, tar.digest] },
      history: [...(config.history ?? []), { created_by: 'RUN /bin/sh -c make install # buildkit' }],
    };
  });
}

const blobAt = (layout: string, digest: string): string => join(layout, 'blobs', digest.replace(':', '/'));

function putBlob(layout: string, bytes: Uint8Array): Pick<Described, 'digest' | 'size'> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
  writeFileSync(blobAt(layout, digest), bytes);
  return { digest, size: bytes.length };
}
