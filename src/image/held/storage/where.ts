import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errorCode, messageOf } from '../../../base/index.ts';
import { brokenStorage } from './broken.ts';

/** Folders in which this user's Podman keeps images. */
export interface Storage {
  readonly graphRoot: string;
  readonly driver: Driver;
}

/** Drivers that keep each layer as a folder: containers-storage.conf(5), `driver`. */
const DRIVERS = ['overlay', 'vfs'] as const;
type Driver = (typeof DRIVERS)[number];

/** Who asks, and with which settings. */
export interface Asker {
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number;
  readonly home: string;
  /** The first that is there counts. */
  readonly systemFiles: readonly string[];
}

export const thisAsker = (env: NodeJS.ProcessEnv): Asker => ({
  env,
  uid: process.geteuid?.() ?? -1,
  home: env['HOME'] || homedir(),
  systemFiles: ['/etc/containers/storage.conf', '/usr/share/containers/storage.conf'],
});

/** Of these Podman may have the image elsewhere, or is another machine's: it is asked itself. */
const ELSEWHERE = ['CONTAINER_HOST', 'CONTAINER_CONNECTION', 'STORAGE_OPTS', '_CONTAINERS_ROOTLESS_UID', '_CONTAINERS_USERNS_CONFIGURED'];

/**
 * Where Podman keeps its images: containers-storage.conf(5). Undefined where that cannot be told, or is not kept as
 * folders of layers. Throws EnvironmentError for settings that are broken.
 */
export async function storageOf(asker: Asker): Promise<Storage | undefined> {
  const { env, uid } = asker;
  if (process.platform !== 'linux' || uid < 0 || ELSEWHERE.some((name) => env[name])) return undefined;
  const chosen = env['CONTAINERS_STORAGE_CONF'];
  const own = chosen || uid === 0 ? undefined : await settingsIn(join(configHome(asker), 'containers/storage.conf'));
  const system = await firstOf(chosen ? [chosen] : asker.systemFiles);
  const settings = own ?? system ?? {};
  // Versions of Podman differ in whether an ordinary user's graphroot may be in the file that is named.
  const isUnclear = uid !== 0 && chosen && settings['graphroot'] && !settings['rootless_storage_path'];
  if (isUnclear || settings['imagestore'] !== undefined) return undefined;
  const graphRoot = uid === 0 ? settings['graphroot'] || '/var/lib/containers/storage' : rootlessRoot(asker, own ?? {}, system ?? {});
  const driver = await driverIn(graphRoot, env['STORAGE_DRIVER'] || settings['driver'] || undefined);
  return driver && { graphRoot, driver };
}

const configHome = ({ env, home }: Asker): string => env['XDG_CONFIG_HOME'] || join(home, '.config');

/** An ordinary user's graphroot is in a file of its own; the system's is root's. */
function rootlessRoot(asker: Asker, own: Settings, system: Settings): string {
  const { env, uid, home } = asker;
  const path = own['graphroot'] || own['rootless_storage_path'] || system['rootless_storage_path'];
  if (!path) return join(env['XDG_DATA_HOME'] || join(home, '.local/share'), 'containers/storage');
  return path.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? '';
    return name === 'UID' ? String(uid) : name === 'HOME' ? home : (env[name] ?? '');
  });
}

/** The one that is set, or the only one whose images are there. */
async function driverIn(graphRoot: string, set: string | undefined): Promise<Driver | undefined> {
  const there: Driver[] = [];
  for (const driver of DRIVERS) if (await isFile(join(graphRoot, `${driver}-images/images.json`))) there.push(driver);
  return set === undefined ? (there.length === 1 ? there[0] : undefined) : there.find((driver) => driver === set);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** What stands in the table `storage`. */
type Settings = Readonly<Record<string, string | undefined>>;

async function firstOf(files: readonly string[]): Promise<Settings | undefined> {
  for (const file of files) {
    const found = await settingsIn(file);
    if (found) return found;
  }
  return undefined;
}

async function settingsIn(file: string): Promise<Settings | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw brokenStorage(file, `it cannot be read (${errorCode(error) ?? 'unknown'})`);
  });
  if (text === undefined) return undefined;
  const { getStaticTOMLValue, ParseError, parseTOML } = await import('toml-eslint-parser');
  try {
    const { storage } = getStaticTOMLValue(parseTOML(text)) as { readonly storage?: unknown };
    const entries = typeof storage === 'object' && storage !== null ? Object.entries(storage) : [];
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch (error) {
    const at = error instanceof ParseError ? `:${error.lineNumber}:${error.column + 1}` : '';
    throw brokenStorage(`${file}${at}`, messageOf(error));
  }
}
