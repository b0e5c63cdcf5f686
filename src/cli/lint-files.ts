import { existsSync, readFileSync, statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { errorCode, UserError } from '../base/index.ts';
import { decodeText } from '../dockerfile/index.ts';
import type { Context } from '../lint/index.ts';

/** A Dockerfile to judge, with the .dockerignore that a build of its folder would use. */
export interface LintInput {
  /** As it was named, with `/`; `-` for standard input. */
  readonly path: string;
  /** The same from the top of the repository, or of this folder where there is none: what lies above says nothing of the file. */
  readonly inRepository: string;
  readonly text: string;
  readonly ignore: string | undefined;
  /** Folders that a build of it may take its files from, the nearest first. */
  readonly contexts: readonly Context[];
}

/** Folders that hold other people's files. */
const SKIPPED = new Set(['.git', 'node_modules', '.venv', 'venv', 'vendor', '.tox', '__pycache__', '.plimsoll']);

/** `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`, and the same with `Containerfile`, in any case. */
const NAME = /^(?:.*\.)?(?:docker|container)file(?:\..+)?$/i;
const NOT_ONE = /\.(?:dockerignore|md|txt|tmpl|tpl|j2|erb|orig|bak|swp|py|go|js|ts|sh|json|ya?ml|html?)$/i;

/** The paths that the words name: files as they are, folders by searching them, `-` for standard input. */
export async function lintPaths(words: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(words.map((word) => (word === '-' ? [word] : filesAt(word))));
  const paths = [...new Set(found.flat())];
  if (paths.length > 0) return paths;
  throw new UserError(`there is no Dockerfile in ${words.join(', ')}`, 'name the file itself, whatever it is called');
}

/** The files, and standard input where `-` names it. Throws UserError for what cannot be read. */
export async function readInputs(paths: readonly string[]): Promise<readonly LintInput[]> {
  const piped = paths.includes('-') ? decodeText(await standardInput()) : '';
  return paths.map((path) => (path === '-' ? { path, inRepository: '', text: piped, ignore: undefined, contexts: [] } : readInput(path)));
}

async function filesAt(word: string): Promise<readonly string[]> {
  const path = normalize(word);
  const status = await stat(path).catch((error: unknown) => {
    throw errorCode(error) === 'ENOENT'
      ? new UserError(`there is no file \`${word}\``, 'name a Dockerfile, a folder, or `-` for standard input')
      : error;
  });
  return status.isDirectory() ? search(path) : [path];
}

/** Files below a folder whose names are taken, in order; folders of other people's files are left out. */
export async function search(folder: string, takes: (name: string) => boolean = isDockerfileName): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : search(path, takes);
        return takes(entry.name) && (entry.isFile() || (await isFile(path))) ? [path] : [];
      }),
  );
  return found.flat();
}

export const isDockerfileName = (name: string): boolean => NAME.test(name) && !NOT_ONE.test(name);

/** A link that leads to a file counts; one that leads nowhere does not. */
const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

/** Files as small as these are read at once: to wait for each takes forty times as long (measured: 60 files, 52 ms and 1.4 ms). */
export function readInput(path: string): LintInput {
  const bytes = contentOf(path);
  const folders = foldersOf(path);
  const top = folders.at(-1) ?? '';
  return {
    path: withSlashes(path),
    inRepository: withSlashes(within(existsSync(join(top, '.git')) ? top : process.cwd(), path)),
    text: decodeText(bytes),
    ignore: ignoreFor(path),
    contexts: folders.map(contextAt),
  };
}

const withSlashes = (path: string): string => path.replaceAll('\\', '/');

function within(folder: string, path: string): string {
  const found = relative(folder, resolve(path));
  return found.startsWith('..') || isAbsolute(found) ? basename(path) : found;
}

function contentOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`\`${path}\` cannot be read: ${errorCode(error) ?? 'unknown'}`, 'look at its name and its permissions');
  }
}

async function standardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** BuildKit looks for `<name>.dockerignore` beside the file before `.dockerignore` in the context. */
function ignoreFor(path: string): string | undefined {
  for (const name of [`${basename(path)}.dockerignore`, '.dockerignore']) {
    try {
      return readFileSync(join(dirname(path), name), 'utf8');
    } catch {
      // The next name, then.
    }
  }
  return undefined;
}

/** The file's folder, and those above it up to the repository's root; the folder alone outside of a repository. */
function foldersOf(path: string): readonly string[] {
  const folder = resolve(dirname(path));
  return upToTop(folder) ?? [folder];
}

const known = new Map<string, readonly string[] | undefined>();

/** Undefined outside of a repository. Many files have the same folders above them. */
function upToTop(folder: string): readonly string[] | undefined {
  if (!known.has(folder)) {
    const above = dirname(folder);
    const rest = existsSync(join(folder, '.git')) ? [] : folder === above ? undefined : upToTop(above);
    known.set(folder, rest && [folder, ...rest]);
  }
  return known.get(folder);
}

const contextAt = (folder: string): Context => ({
  kindOf: (path) => {
    const status = statSync(join(folder, path), { throwIfNoEntry: false });
    return status === undefined ? undefined : status.isDirectory() ? 'folder' : 'file';
  },
  read: (path) => {
    try {
      return readFileSync(join(folder, path), 'utf8');
    } catch {
      return undefined;
    }
  },
});

/** The file that `--config` names, or else `.hadolint.yaml` or `.hadolint.yml` in this folder. Throws UserError when a named one is not there. */
export async function readHadolintFile(named: string | undefined): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const path of named === undefined ? ['.hadolint.yaml', '.hadolint.yml'] : [named]) {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (named === undefined && errorCode(error) === 'ENOENT') return undefined;
      throw new UserError(`\`${path}\` cannot be read: ${errorCode(error) ?? 'unknown'}`, 'name a .hadolint.yaml');
    });
    if (text !== undefined) return { path, text };
  }
  return undefined;
}
