import { EnvironmentError } from '../../../base/index.ts';
import { parseParagraphs, words } from '../../../image/index.ts';

/** What a signed Release file says: Debian wiki "DebianRepository/Format". */
export interface Release {
  readonly origin: string;
  readonly codename: string;
  /** Milliseconds since the epoch. */
  readonly dateMs: number;
  readonly validUntilMs?: number;
  readonly byHash: boolean;
  readonly architectures: readonly string[];
  /** Paths below `dists/SUITE/`, from the SHA256 field. */
  readonly files: ReadonlyMap<string, ReleaseFile>;
}

export interface ReleaseFile {
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Reads the text inside the signature. Throws EnvironmentError when a field that is needed is not there. */
export function parseRelease(text: string, from: string): Release {
  const fields = parseParagraphs(text)[0] ?? new Map<string, string>();
  const dateMs = Date.parse(fields.get('date') ?? '');
  if (Number.isNaN(dateMs)) throw broken(from, 'it has no date');
  const validUntil = fields.get('valid-until');
  const validUntilMs = validUntil === undefined ? undefined : Date.parse(validUntil);
  if (Number.isNaN(validUntilMs)) throw broken(from, `its Valid-Until cannot be read: ${validUntil}`);
  return {
    origin: fields.get('origin') ?? '',
    codename: fields.get('codename') ?? '',
    dateMs,
    ...(validUntilMs === undefined ? {} : { validUntilMs }),
    byHash: fields.get('acquire-by-hash') === 'yes',
    architectures: words(fields.get('architectures')),
    files: filesOf(fields.get('sha256') ?? ''),
  };
}

function filesOf(field: string): Map<string, ReleaseFile> {
  const files = new Map<string, ReleaseFile>();
  for (const line of field.split('\n')) {
    const [sha256, size, path] = line.trim().split(/\s+/);
    if (path !== undefined && sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)) files.set(path, { sha256, sizeBytes: Number(size) });
  }
  return files;
}

const broken = (from: string, why: string): EnvironmentError =>
  new EnvironmentError(`${from} is no Release file of a Debian archive: ${why}`, 'use another mirror');

/**
 * That it is Debian, and the suite that was asked for: a signature alone would also admit another suite of Debian's
 * served in its place. Throws EnvironmentError.
 */
export function checkIdentity(release: Release, suite: string, from: string): void {
  if (release.origin !== 'Debian')
    throw new EnvironmentError(
      `${from} is not Debian: its Origin is \`${release.origin}\``,
      'name a Debian mirror in PLIMSOLL_DEBIAN_MIRROR, or a base image with `--base`',
    );
  if (release.codename !== suite)
    throw new EnvironmentError(
      `${from} is for \`${release.codename}\`, not for \`${suite}\`: the mirror serves another release in its place`,
      'use another mirror',
    );
}

/** That it is not past its Valid-Until. Throws EnvironmentError. */
export function checkFresh(release: Release, nowMs: number, from: string): void {
  if (release.validUntilMs === undefined || release.validUntilMs >= nowMs) return;
  throw new EnvironmentError(
    `${from} expired on ${isoDay(release.validUntilMs)}: security updates may be held back`,
    "use a mirror that is up to date, check this machine's clock, or write `Check-Valid-Until: no` to the apt source if it is a dated snapshot",
  );
}

/** That it is not older than what was seen before. Throws EnvironmentError. */
export function checkNotReplayed(release: Release, lastSeenMs: number | undefined, from: string): void {
  if (lastSeenMs === undefined || release.dateMs >= lastSeenMs) return;
  throw new EnvironmentError(
    `${from} is of ${isoSecond(release.dateMs)}, older than the one already seen (${isoSecond(lastSeenMs)}): an old index is replayed, or the mirror lags behind`,
    'use another mirror, or try again when this one has caught up',
    'transient',
  );
}

/** That a snapshot is of its time, or older: snapshot services answer with the last copy before it. Throws EnvironmentError. */
export function checkNotLater(release: Release, asOfMs: number, from: string): void {
  if (release.dateMs <= asOfMs) return;
  throw new EnvironmentError(
    `${from} is of ${isoSecond(release.dateMs)}, later than the snapshot that was asked for (${isoSecond(asOfMs)})`,
    'use another snapshot service: this one does not keep to the time in its addresses',
  );
}

/** `2026-11-18`. */
export const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** `2026-11-18T22:17:41Z`. */
export const isoSecond = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
