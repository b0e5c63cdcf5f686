import { EnvironmentError, UserError } from '../../../base/index.ts';
import type { Mirror, MirrorOptions, Mirrors } from './sources.ts';

/** Where a dated copy of the archive is: `{archive}` is `debian` or `debian-security`, `{time}` such as `20261130T000000Z`. */
const SETTING = 'PLIMSOLL_DEBIAN_SNAPSHOTS';

/**
 * The moment that a day or a time stands for, in milliseconds since the epoch: of `2026-11-30` its first, in UTC.
 * Throws UserError for what is neither, and for what is still to come: the archive of then is not known.
 */
export function snapshotTime(text: string, nowMs: number): number {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)Z)?$/.exec(text) ?? [];
  const ms = day === undefined ? NaN : Date.parse(`${day}T${time ?? '00:00:00'}Z`);
  // `2026-02-30` is read by Date as 2 March.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day)
    throw new UserError(`\`${text}\` is no day of a snapshot`, 'write one such as 2026-11-30, or 2026-11-30T12:00:00Z', where);
  if (ms > nowMs) throw new UserError(`the snapshot ${text} is still to come`, 'name a day that is past', where);
  return ms;
}

const where = { file: 'plimsoll.yaml' };

/** As snapshot services write a time in their addresses. */
export const snapshotName = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/**
 * The archives as of a time, by the setting PLIMSOLL_DEBIAN_SNAPSHOTS; undefined without it. `trusted` are the mirrors of
 * the present: whose keys they are signed with, those are too.
 * Throws EnvironmentError for a setting that does not say where the time goes.
 */
export function snapshotMirrors(atMs: number, trusted: Mirrors | undefined, options: MirrorOptions): Mirrors | undefined {
  const template = (options.env ?? process.env)[SETTING]?.trim();
  if (template === undefined || template === '') return undefined;
  if (!/^https?:\/\/[^/]/.test(template) || !template.includes('{archive}') || !template.includes('{time}'))
    throw new EnvironmentError(
      `${SETTING} is \`${template}\`, which does not say where archive and time go`,
      `set it to an address such as https://snapshot.example/archive/{archive}/{time}`,
    );
  const at = (archive: string, family: readonly Mirror[] | undefined): Mirror => ({
    uris: [template.replace('{archive}', archive).replace('{time}', snapshotName(atMs)).replace(/\/+$/, '')],
    suites: [],
    signedBy: family?.[0]?.signedBy ?? { kind: 'default' },
    checkValidUntil: true,
    asOfMs: atMs,
    from: SETTING,
  });
  return { main: [at('debian', trusted?.main)], security: [at('debian-security', trusted?.security)] };
}

/** For whoever asks for a snapshot where no service is known. */
export const noSnapshots = (what: string): EnvironmentError =>
  new EnvironmentError(
    `${what}, and no snapshot service is known`,
    `set ${SETTING} to its address, such as https://snapshot.example/archive/{archive}/{time}`,
  );
