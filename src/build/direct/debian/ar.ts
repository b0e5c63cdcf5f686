import { EnvironmentError } from '../../../base/index.ts';

export interface ArMember {
  readonly name: string;
  readonly data: Uint8Array;
}

const magic = '!<arch>\n';
const headerBytes = 60;

/**
 * The members of a Unix `ar` archive, as far as deb(5) uses the format. Throws EnvironmentError on anything broken or cut short.
 * @param what names the archive in errors.
 */
export function readAr(bytes: Uint8Array, what: string): ArMember[] {
  const text = (from: number, to: number): string => Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  if (bytes.length < magic.length || text(0, magic.length) !== magic) throw broken(what, 'it does not begin as an ar archive');
  const members: ArMember[] = [];
  for (let at = magic.length; at < bytes.length;) {
    if (at + headerBytes > bytes.length) throw broken(what, 'it ends inside a header');
    const header = text(at, at + headerBytes);
    const size = header.slice(48, 58).trim();
    if (!header.endsWith('`\n') || !/^\d+$/.test(size)) throw broken(what, `a header at byte ${at} is damaged`);
    const from = at + headerBytes;
    const to = from + Number(size);
    if (to > bytes.length) throw broken(what, 'it ends inside a member');
    members.push({ name: header.slice(0, 16).trim().replace(/\/$/, ''), data: bytes.subarray(from, to) });
    at = to + (to % 2); // members begin at even bytes
  }
  return members;
}

const broken = (what: string, why: string): EnvironmentError =>
  new EnvironmentError(
    `${what} is not a Debian package that can be read: ${why}`,
    'run again; if it stays, the mirror serves a broken file: use another one',
  );
