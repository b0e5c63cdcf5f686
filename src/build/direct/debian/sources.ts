import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError, errorCode } from '../../../base/index.ts';
import { parseDeb822, parseOneLine, type AptEntry, type SignedBy } from './apt-lists.ts';

/** A place that serves a Debian archive. */
export interface Mirror {
  /** Tried in turn. Without a trailing `/`. */
  readonly uris: readonly string[];
  /** Suites that the configuration names itself; others are derived. */
  readonly suites: readonly string[];
  readonly signedBy: SignedBy;
  readonly checkValidUntil: boolean;
  /** Milliseconds since the epoch: a copy of the archive as it was then, to be judged by that time. */
  readonly asOfMs?: number;
  /** Where it is configured: a file, or a variable. */
  readonly from: string;
}

/** Where Debian comes from. Several mirrors of one kind are tried in turn. */
export interface Mirrors {
  readonly main: readonly Mirror[];
  /** Empty only by the user's own word (`none`). */
  readonly security: readonly Mirror[];
}

export interface MirrorOptions {
  /** Default `/etc/apt`. */
  readonly aptFolder?: string;
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const wayOut =
  'set PLIMSOLL_DEBIAN_MIRROR and PLIMSOLL_DEBIAN_SECURITY_MIRROR to the addresses of a Debian mirror and of its security archive (`none` for the second does without), or name a base image with `--base`';

/**
 * The mirrors: from PLIMSOLL_DEBIAN_MIRROR and PLIMSOLL_DEBIAN_SECURITY_MIRROR, else from apt's own configuration.
 * Entries count when they name a Debian release; that they really are Debian is checked on the signed Release file.
 * Throws EnvironmentError when this host names none.
 */
export async function findMirrors(options: MirrorOptions = {}): Promise<Mirrors> {
  const { main, security } = await mirrorsNamed(options);
  const env = options.env ?? process.env;
  if (main.length === 0) throw new EnvironmentError('no Debian mirror is known on this machine: its apt sources name none', wayOut);
  if (security.length === 0 && env['PLIMSOLL_DEBIAN_SECURITY_MIRROR'] !== 'none')
    throw new EnvironmentError(`no Debian security archive is known on this machine (the mirror is from ${main[0]?.from})`, wayOut);
  return { main, security };
}

/** The mirrors, or undefined where this host names none. */
export const mirrorsIfAny = (options: MirrorOptions): Promise<Mirrors | undefined> =>
  findMirrors(options).catch((error: unknown) => {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  });

/** Whether this machine says where Debian's packages come from. Throws EnvironmentError for a setting that is no address. */
export const namesDebian = async (options: MirrorOptions = {}): Promise<boolean> => (await mirrorsNamed(options)).main.length > 0;

async function mirrorsNamed(options: MirrorOptions): Promise<Mirrors> {
  const env = options.env ?? process.env;
  const entries = (await aptEntries(options.aptFolder ?? '/etc/apt')).filter((entry) => entry.suites.some((suite) => familyOf(suite)));
  const resolved = await Promise.all(entries.map(mirrorOf));
  return {
    main: fromSetting(env, 'PLIMSOLL_DEBIAN_MIRROR') ?? ofFamily(resolved, 'main'),
    security: fromSetting(env, 'PLIMSOLL_DEBIAN_SECURITY_MIRROR') ?? ofFamily(resolved, 'security'),
  };
}

function fromSetting(env: Readonly<Record<string, string | undefined>>, name: string): Mirror[] | undefined {
  const value = env[name]?.trim();
  if (value === undefined || value === '') return undefined;
  if (value === 'none') return [];
  const uris = value.split(/\s+/).map(withoutSlash);
  const wrong = uris.find((uri) => !isHttp(uri));
  if (wrong !== undefined)
    throw new EnvironmentError(
      `${name} names \`${wrong}\`, which is no http or https address`,
      `set ${name} to an address such as https://mirror.example/debian`,
    );
  return [{ uris, suites: [], signedBy: { kind: 'default' }, checkValidUntil: true, from: name }];
}

const ofFamily = (mirrors: readonly Mirror[], family: Family): Mirror[] =>
  mirrors.filter((mirror) => mirror.uris.length > 0 && mirror.suites.some((suite) => familyOf(suite) === family));

type Family = 'main' | 'security';

// Code names and their moving aliases: Debian's release list. Derivatives use other names, third parties other components.
const release =
  /^(?:bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)(?:(-security|-debug-security)|-updates|-proposed-updates|-backports)?$/;

/** Which archive serves a suite; undefined for what is no suite of Debian's. */
export function familyOf(suite: string): Family | undefined {
  const found = release.exec(suite.replace(/\/+$/, ''));
  return found ? (found[1] === undefined ? 'main' : 'security') : undefined;
}

async function mirrorOf(entry: AptEntry): Promise<Mirror> {
  const uris = await Promise.all(entry.components.includes('main') ? entry.uris.map(expand) : []);
  return { uris: uris.flat(), suites: entry.suites, signedBy: entry.signedBy, checkValidUntil: entry.checkValidUntil, from: entry.from };
}

/** `mirror+file:` lists addresses in a file, as Debian's cloud images do: apt-transport-mirror(1). Other transports are left out. */
async function expand(uri: string): Promise<string[]> {
  const list = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  const text = list === undefined ? uri : await readFile(list, 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => withoutSlash(line.trim().split(/\s/, 1)[0] ?? ''))
    .filter(isHttp);
}

const isHttp = (uri: string): boolean => /^https?:\/\/[^/]/.test(uri);
const withoutSlash = (uri: string): string => uri.replace(/\/+$/, '');

/** All entries of sources.list and sources.list.d, in apt's order. */
async function aptEntries(folder: string): Promise<AptEntry[]> {
  const parts = join(folder, 'sources.list.d');
  const names = (await readdir(parts).catch(nothing)) ?? [];
  const files = [join(folder, 'sources.list'), ...names.toSorted().map((name) => join(parts, name))];
  const read = files.map(async (file) => {
    const parse = file.endsWith('.list') ? parseOneLine : file.endsWith('.sources') ? parseDeb822 : undefined;
    const text = parse && (await readFile(file, 'utf8').catch(nothing));
    return text === undefined || parse === undefined ? [] : parse(text, file);
  });
  return (await Promise.all(read)).flat();
}

function nothing(error: unknown): undefined {
  const code = errorCode(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') throw error;
}
